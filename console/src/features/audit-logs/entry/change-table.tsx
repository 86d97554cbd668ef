import type { Change } from '~/api/types';
import { textDiff } from '~/lib/text-diff';
import { visibleText } from '~/lib/visible-text';
import { texts } from '~/texts/entry';
import { OutsideText } from '~/ui/outside-text';
import { changesOf } from './change-rows';
import styles from './entry-detail.module.css';

// What changed, side by side; in longer texts the words that changed are marked.
export function ChangeTable({ changes }: { changes: Change[] }) {
  const { rows, unchanged } = changesOf(changes);
  return (
    <>
      <table className={styles.changes}>
        <thead>
          <tr>
            <th scope="col">{texts.changes.field}</th>
            <th scope="col">{texts.changes.before}</th>
            <th scope="col">{texts.changes.after}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ field, before, after, marks }) => (
            <tr key={field}>
              <th scope="row">
                <OutsideText>{field}</OutsideText>
              </th>
              <td className={styles.before}>
                <Side text={before} other={marks ? after : undefined} kind="removed" />
              </td>
              <td className={styles.after}>
                <Side text={after} other={marks ? before : undefined} kind="added" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {unchanged > 0 && <p className={`${styles.note ?? ''} dim`}>{texts.changes.unchanged(unchanged)}</p>}
    </>
  );
}

interface SideProps {
  text: string | undefined;
  other: string | undefined; // given: mark what differs from it
  kind: 'removed' | 'added';
}

function Side({ text, other, kind }: SideProps) {
  if (text === undefined || text === 'null') return <span className="dim">{texts.changes.none}</span>;
  if (text === '') return <span className="dim">{texts.changes.empty}</span>;
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
