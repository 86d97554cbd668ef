import { Alert, Anchor, SegmentedControl, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Destination } from '~/api/types';
import { texts as integrations } from '~/texts/integrations';
import { texts } from '~/texts/s3';
import { CopyButton } from '~/ui/copy-button';
import { Panel } from '~/ui/page';
import { readers, type Reader } from './s3-search';
import { blocksOf, withOwnPlace, type Block, type Inline } from './markdown';
import styles from './integrations.module.css';

const words = texts.readers;

// The pages of docs/readers, each loaded when it is looked at.
const pages: Record<Reader, () => Promise<{ default: string }>> = {
  splunk: () => import('~docs/readers/splunk.md?raw'),
  elastic: () => import('~docs/readers/elastic.md?raw'),
  sentinel: () => import('~docs/readers/sentinel.md?raw'),
  panther: () => import('~docs/readers/panther.md?raw'),
  datadog: () => import('~docs/readers/datadog.md?raw'),
  athena: () => import('~docs/readers/athena.md?raw'),
};

interface Props {
  destination: Destination;
  reader: Reader;
  onReader: (reader: Reader) => void;
}

// How to read the bucket with a SIEM, with the customer's own bucket and path filled in.
export function Readers({ destination, reader, onReader }: Props) {
  const page = useQuery({ queryKey: ['reader-page', reader], queryFn: async () => (await pages[reader]()).default, staleTime: Infinity });
  const { bucket, path, form = 'jsonl', compression = 'gzip' } = destination;
  const formName = integrations.wizard.auditLogs.form.choices.find(({ value }) => value === form)?.label ?? form;
  const filled = page.data === undefined ? null : withOwnPlace(page.data, bucket ?? '', path ?? '');
  return (
    <Panel title={words.title}>
      <p className={styles.lead}>{words.lead}</p>
      <div className={styles.scroll}>
        <SegmentedControl aria-label={words.which} value={reader} onChange={(value) => onReader(value)} data={readers.map((value) => ({ value, label: words.names[value] }))} />
      </div>
      {form !== 'jsonl' && (
        <Alert color="yellow" mt="sm">
          {words.form(formName)}
        </Alert>
      )}
      {form !== 'parquet' && compression === 'zstd' && !['panther', 'athena'].includes(reader) && (
        <Alert color="yellow" mt="sm">
          {words.zstd}
        </Alert>
      )}
      <div className={styles.prose}>
        {filled === null ? <Skeleton height={240} role="status" aria-label={words.loading} /> : blocksOf(filled).map((block, i) => <BlockView key={`${reader} ${i}`} block={block} />)}
      </div>
    </Panel>
  );
}

function BlockView({ block }: { block: Block }): ReactNode {
  if (block.kind === 'heading') return <h3 className={styles.subtitle}>{block.text}</h3>;
  if (block.kind === 'code') {
    return (
      <figure className={styles.figure}>
        <figcaption className={styles.caption}>
          {block.language}
          <CopyButton text={block.text} label={words.copy(block.language)} />
        </figcaption>
        <pre className={styles.code} tabIndex={0} aria-label={block.language}>
          {block.text}
        </pre>
      </figure>
    );
  }
  if (block.kind === 'paragraph') {
    return (
      <p>
        <Words parts={block.parts} />
      </p>
    );
  }
  return (
    <ul className={styles.list}>
      {block.items.map((parts, i) => (
        <li key={i}>
          <Words parts={parts} />
        </li>
      ))}
    </ul>
  );
}

function Words({ parts }: { parts: Inline[] }) {
  return parts.map((part, i) => {
    if (part.kind === 'code') return <code key={i}>{part.text}</code>;
    if (part.kind === 'strong') return <strong key={i}>{part.text}</strong>;
    if (part.kind === 'text') return part.text;
    return (
      <Anchor key={i} href={part.href} target="_blank" rel="noreferrer">
        {part.text}
      </Anchor>
    );
  });
}
