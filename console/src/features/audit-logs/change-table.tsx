import type { Change } from '~/api/types';
import { textDiff } from '~/lib/text-diff';
import { visibleText } from '~/lib/visible-text';
import { OutsideText } from '~/ui/outside-text';
import styles from './entry-detail.module.css';

const longText = 60;

const textOf = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1);
};

// What changed, side by side; in longer texts the words that changed are marked.
export function ChangeTable({ changes }: { changes: Change[] }) {
  return (
    <table className={styles.changes}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change, i) => {
          const before = textOf(change.before);
          const after = textOf(change.after);
          const marks = before !== undefined && after !== undefined && Math.max(before.length, after.length) > longText;
          return (
            <tr key={i}>
              <th scope="row">
                <OutsideText>{change.field}</OutsideText>
              </th>
              <td className={styles.before}>
                <Side text={before} other={marks ? after : undefined} kind="removed" />
              </td>
              <td className={styles.after}>
                <Side text={after} other={marks ? before : undefined} kind="added" />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface SideProps {
  text: string | undefined;
  other: string | undefined; // given: mark what differs from it
  kind: 'removed' | 'added';
}

function Side({ text, other, kind }: SideProps) {
  if (text === undefined) return <span className="dim">none</span>;
  if (text === '') return <span className="dim">empty</span>;
  if (other === undefined) return <OutsideText>{text}</OutsideText>;
  const parts = kind === 'removed' ? textDiff(text, other) : textDiff(other, text);
  return (
    <bdi>
      {parts
        .filter((part) => part.kind === 'same' || part.kind === kind)
        .map((part, i) => {
          const shown = visibleText(part.text);
          if (part.kind === 'removed') return <del key={i}>{shown}</del>;
          if (part.kind === 'added') return <ins key={i}>{shown}</ins>;
          return <span key={i}>{shown}</span>;
        })}
    </bdi>
  );
}
