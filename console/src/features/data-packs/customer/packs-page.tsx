import { Skeleton, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { OrgDataPack } from '~/api/types';
import { packsQuery } from '~/features/data-packs/queries';
import { Failed } from '~/features/data-packs/shared/failed';
import { RunTrouble } from '~/features/data-packs/shared/runs-table';
import { formatWords, intervalWords, isNamed, isRunning, scheduleWords, tones } from '~/features/data-packs/shared/words';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/data-packs';
import { OutsideText } from '~/ui/outside-text';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';

const searchFrom = 4; // packs; fewer are seen at a glance

interface Props {
  org: string;
  packLink: (pack: string, content: ReactNode) => ReactNode;
  destinationLink: (content: ReactNode) => ReactNode;
}

export function Packs({ org, packLink, destinationLink }: Props) {
  const list = useQuery(packsQuery(org));
  const [text, setText] = useState('');
  if (list.isPending) return <Skeleton height={160} role="status" aria-label={texts.loading} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const all = list.data.data;
  if (all.length === 0) {
    return (
      <EmptyState title={texts.empty}>
        <p>{texts.emptyText}</p>
      </EmptyState>
    );
  }
  const found = all.filter((pack) => isNamed(text, pack));
  return (
    <>
      {all.length >= searchFrom && (
        <TextInput type="search" className={styles.search ?? ''} label={texts.search} description={texts.searchHint} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      )}
      {found.length === 0 && (
        <EmptyState title={texts.noneFound(text)}>
          <p>{texts.noneFoundAdvice}</p>
        </EmptyState>
      )}
      <ul className={styles.packs}>
        {found.map((pack) => (
          <Pack key={pack.id} {...{ pack, packLink, destinationLink }} />
        ))}
      </ul>
    </>
  );
}

function Pack({ pack, packLink, destinationLink }: { pack: OrgDataPack } & Pick<Props, 'packLink' | 'destinationLink'>) {
  const { last_run: run } = pack;
  return (
    <li className={styles.pack}>
      <div className={styles.packHead}>
        <h2 className={styles.name}>
          {packLink(pack.id, <OutsideText>{pack.name}</OutsideText>)}
          <FormerName name={pack.former_name} />
        </h2>
        {run && (
          <StatusMark tone={tones[run.state]}>
            {texts.runs.states[run.state]}, {intervalWords(run.interval)}
          </StatusMark>
        )}
      </div>
      {pack.description && (
        <p>
          <OutsideText>{pack.description}</OutsideText>
        </p>
      )}
      {run && !isRunning(run) && <RunTrouble run={run} isOperator={false} />}
      <PackFacts pack={pack} destinationLink={destinationLink} />
    </li>
  );
}

export function FormerName({ name }: { name: string | null }) {
  if (!name) return null;
  return (
    <small className="dim">
      {' '}
      {texts.formerlyOf('')}
      <OutsideText>{name}</OutsideText>
    </small>
  );
}

// What a pack is, when it comes and where it goes.
export function PackFacts({ pack, destinationLink }: { pack: OrgDataPack; destinationLink: Props['destinationLink'] }) {
  const now = useNow();
  const { facts } = texts;
  const when = (iso: string | null, at: number) => (iso ? `${formatRelative(iso, at)} (${formatMinute(iso)})` : texts.never);
  // What has happened is not ahead, however the clocks of both sides go.
  const past = pack.last_delivered_at ? Math.max(now, Date.parse(pack.last_delivered_at)) : now;
  const rows: [string, ReactNode][] = [
    [facts.schedule, scheduleWords(pack.schedule)],
    [facts.files, formatWords(pack.format)],
    [facts.mode, texts.modes[pack.mode]],
    [facts.next, when(pack.next_run_at, now)],
    [facts.delivered, when(pack.last_delivered_at, past)],
    [
      facts.places,
      pack.places.length === 0
        ? destinationLink(texts.nowhere)
        : pack.places.map((place) => (
            <div key={place}>
              <code className={styles.code}>{place}</code>
            </div>
          )),
    ],
  ];
  return (
    <dl className={`${styles.facts ?? ''} figures`}>
      {rows.map(([label, value]) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
