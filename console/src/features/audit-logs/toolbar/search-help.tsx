import { UnstyledButton } from '@mantine/core';
import { fields } from '~/features/audit-logs/query/fields';
import { texts } from '~/texts/audit-logs';
import styles from './search-help.module.css';

// In place of a list that a mistake in the search leaves empty.
export function SearchHelp({ onTry }: { onTry: (query: string) => void }) {
  return (
    <section className={styles.help} aria-label={texts.search.howTo}>
      <div>
        <h2 className={styles.title}>{texts.search.howTo}</h2>
        <dl className={styles.list}>
          {texts.search.examples.map(([example, meaning]) => (
            <div key={example}>
              <dt>
                <UnstyledButton className={styles.example} onClick={() => onTry(example)}>
                  {example}
                </UnstyledButton>
              </dt>
              <dd className="dim">{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div>
        <h2 className={styles.title}>{texts.search.fieldList}</h2>
        <dl className={styles.fields}>
          {fields.map(({ name, hint }) => (
            <div key={name}>
              <dt>{name}:</dt>
              <dd className="dim">{hint}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
