import { Button } from '@mantine/core';
import type { SessionOrg } from '~/api/types';
import { changed, type PageState } from '~/features/audit-logs/page-state';
import { defaultRange, rangeLabel } from '~/features/audit-logs/ranges';
import { formatMinute } from '~/lib/time';
import { texts } from '~/texts/audit-logs';
import { EmptyState } from '~/ui/states';
import { useZone } from '~/ui/zone';
import { Toolbar } from './toolbar';

interface Props extends PageState {
  org: SessionOrg;
  problem: 'reversed' | 'tooOld';
  earliest: string; // what the organization sees begins here
}

// Instead of the list, for a link whose range can hold nothing.
export function WrongRange({ org, search, setSearch, problem, earliest }: Props) {
  const { zone } = useZone();
  const usual = () => setSearch(changed(search, { from: undefined, to: undefined, range: undefined }));
  return (
    <>
      <Toolbar org={org} search={search} setSearch={setSearch} mistake={null} views={null} freshness={null} />
      <EmptyState
        title={texts.range.wrong[problem]}
        actions={
          <Button size="xs" onClick={usual}>
            {texts.empty.longer(rangeLabel(defaultRange(org.viewing_window_days)))}
          </Button>
        }
      >
        <p>{texts.range.wrongAdvice[problem](formatMinute(earliest, zone))}</p>
      </EmptyState>
    </>
  );
}
