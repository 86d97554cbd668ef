import { ScrollArea, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { texts } from '~/texts/entry';
import { CopyButton } from '~/ui/copy-button';
import { Section } from './facts';
import styles from './entry-detail.module.css';

const readable = (line: string): string => {
  try {
    return JSON.stringify(JSON.parse(line), null, 2);
  } catch {
    return line;
  }
};

// To read, or the very bytes that are hashed, exported and delivered. Copy always takes the bytes.
export function RawRecord({ line }: { line: string }) {
  const [isExact, setExact] = useState(false);
  const aside = (
    <span className={styles.rawAside}>
      <SegmentedControl
        size="xs"
        aria-label={texts.sections.raw}
        value={isExact ? 'exact' : 'readable'}
        onChange={(value) => setExact(value === 'exact')}
        data={[
          { value: 'readable', label: texts.raw.wrapped },
          { value: 'exact', label: texts.raw.exact },
        ]}
      />
      <CopyButton text={line} label={texts.raw.copy} />
    </span>
  );
  return (
    <Section title={texts.sections.raw} aside={aside}>
      <ScrollArea.Autosize mah={360} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': texts.raw.region, role: 'region' }}>
        <pre className={styles.raw} data-raw>
          {isExact ? line : readable(line)}
        </pre>
      </ScrollArea.Autosize>
    </Section>
  );
}
