import { Anchor, Tabs } from '@mantine/core';
import type { Destination } from '~/api/types';
import { texts } from '~/texts/integrations';
import { CopyButton } from '~/ui/copy-button';
import styles from './integrations.module.css';

const words = texts.setup;

// What the bucket's owner sets up, in each of the ways they may set things up.
export function SetupPanel({ destination }: { destination: Destination }) {
  const documents = destination.setup ?? [];
  const first = documents[0];
  if (!first) return <p className="dim">{texts.policy.later}</p>;
  return (
    <section aria-label={words.title}>
      <p className={styles.lead}>
        {destination.auth.mode === 'customer_role' ? texts.policy.ownRole : texts.policy.ourRole}{' '}
        <Anchor href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html" target="_blank" rel="noreferrer">
          {words.howTo}
        </Anchor>
      </p>
      <Tabs defaultValue={first.name}>
        <Tabs.List>
          {documents.map((document) => (
            <Tabs.Tab key={document.name} value={document.name}>
              {words.names[document.name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {documents.map((document) => (
          <Tabs.Panel key={document.name} value={document.name}>
            <figure className={styles.figure}>
              <figcaption className={styles.caption}>
                {words.explained[document.name]}
                <CopyButton text={document.text} label={words.copy(words.names[document.name])} />
              </figcaption>
              <pre className={styles.code} tabIndex={0} aria-label={words.textOf(words.names[document.name])}>
                {document.text}
              </pre>
            </figure>
          </Tabs.Panel>
        ))}
      </Tabs>
    </section>
  );
}
