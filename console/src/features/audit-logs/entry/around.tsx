import { Button, Skeleton, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AuditRecord } from '~/api/types';
import { hasFailed } from '~/features/audit-logs/entry-values';
import { changed, type PageState } from '~/features/audit-logs/page-state';
import { aroundQuery } from '~/features/audit-logs/queries';
import { formatTerm } from '~/features/audit-logs/query/terms';
import { formatCount } from '~/lib/format';
import { formatClock, formatDay, offsetName } from '~/lib/time';
import { texts as audit } from '~/texts/audit-logs';
import { texts } from '~/texts/entry';
import { OutsideText } from '~/ui/outside-text';
import { useZone } from '~/ui/zone';
import { Section } from './facts';
import { nearest, neighboursOf } from './neighbours';
import { actionLabel, actorName, targetNames } from './sentence';
import styles from './entry-detail.module.css';

interface Props extends PageState {
  org: string;
  record: AuditRecord;
}

// What else happened in the same session, and in the same request.
export function Around({ org, record, search, setSearch }: Props) {
  const { session_id: session, request_id: request } = record.context ?? {};
  return (
    <>
      {session && <Group title={texts.neighbours.session} alone={texts.neighbours.alone.session} field="session" value={session} {...{ org, record, search, setSearch }} />}
      {request && <Group title={texts.neighbours.request} alone={texts.neighbours.alone.request} field="request" value={request} {...{ org, record, search, setSearch }} />}
    </>
  );
}

interface GroupProps extends Props {
  title: string;
  alone: string;
  field: string;
  value: string;
}

const shownMax = 7;

function Group({ org, record, search, setSearch, title, alone, field, value }: GroupProps) {
  const query = formatTerm({ negated: false, field, values: [value] });
  const around = useQuery(aroundQuery(org, query));
  const { zone } = useZone();
  if (around.isPending) return <Skeleton height={64} mt="md" role="status" aria-label={texts.neighbours.loading} />;
  if (around.isError) return null;
  const all = neighboursOf(around.data.data, record);
  const { total } = around.data;
  if (all.length < 2) {
    return (
      <Section title={title}>
        <p className="dim">{alone}</p>
      </Section>
    );
  }
  const shown = nearest(all, record.id, shownMax);
  const count = `${total.relation === 'gte' ? '> ' : ''}${formatCount(Math.max(total.value, all.length))}`;
  const showAll = (
    <Button size="compact-xs" variant="subtle" onClick={() => setSearch(changed(search, { query, event: undefined }))}>
      {texts.neighbours.all(count)}
    </Button>
  );
  const first = shown[0];
  return (
    <Section title={`${title} (${offsetName(record.occurred_at, zone)})`} aside={showAll}>
      <ol className={styles.around}>
        {shown.map((entry) => {
          const isHere = entry.id === record.id;
          const day = formatDay(entry.occurred_at, zone);
          return (
            <li key={entry.id} data-here={isHere || undefined}>
              <UnstyledButton className={styles.neighbour} aria-current={isHere || undefined} disabled={isHere} onClick={() => setSearch(changed(search, { event: entry.id }), { replace: true })}>
                <time dateTime={entry.occurred_at} className="figures">
                  {first && day !== formatDay(first.occurred_at, zone) && `${day} `}
                  {formatClock(entry.occurred_at, zone)}
                </time>
                <span className={styles.neighbourWords}>
                  {actorName(entry.actor) !== actorName(record.actor) && `${actorName(entry.actor)}: `}
                  <OutsideText>{[actionLabel(entry), ...targetNames(entry)].join(' · ')}</OutsideText>
                </span>
                {hasFailed(entry) && <span className={styles.failed}>{audit.list.failed(entry.http_status)}</span>}
                {isHere && <span className="dim">{texts.neighbours.here}</span>}
              </UnstyledButton>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
