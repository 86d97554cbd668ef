import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import type { SessionOrg } from '~/api/types';
import { ClockIcon } from '~/features/audit-logs/icons';
import { changed, type PageState } from '~/features/audit-logs/page-state';
import { defaultRange, rangeLabel, rangesWithin, searchRangeWords } from '~/features/audit-logs/ranges';
import { texts } from '~/texts/audit-logs';
import { CheckIcon, ChevronIcon } from '~/ui/icons';
import { useZone } from '~/ui/zone';
import { CustomRange } from './custom-range';
import styles from './toolbar.module.css';

interface Props extends PageState {
  org: SessionOrg;
}

// Quick ranges, and a custom one within the viewing window.
export function RangeControl({ org, search, setSearch }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { zone } = useZone();
  const usual = defaultRange(org.viewing_window_days);
  const isCustom = search.from !== undefined || search.to !== undefined;
  const current = isCustom ? null : (search.range ?? usual);
  const words = searchRangeWords(search, org.viewing_window_days, zone);
  const set = (range: { range?: string | undefined; from?: string | undefined; to?: string | undefined }) => {
    setOpen(false);
    setSearch(changed(search, { range: undefined, from: undefined, to: undefined, ...range }));
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<ClockIcon />}
          rightSection={<ChevronIcon size={12} />}
          aria-label={texts.range.button(words)}
          onClick={() => setOpen(!isOpen)}
        >
          <span className={styles.rangeWords}>{words}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={texts.range.label}>
        <div className={styles.rangeForm}>
          <div className={styles.presets} role="group" aria-label={texts.range.label}>
            {rangesWithin(org.viewing_window_days).map((range) => (
              <Button
                key={range}
                size="compact-sm"
                variant={range === current ? 'light' : 'subtle'}
                color={range === current ? '' : 'gray'}
                justify="space-between"
                aria-pressed={range === current}
                rightSection={range === current ? <CheckIcon size={12} /> : undefined}
                onClick={() => set({ range: range === usual ? undefined : range })}
              >
                {rangeLabel(range)}
              </Button>
            ))}
          </div>
          <CustomRange org={org} search={search} onApply={set} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
