import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import type { Overview } from '~/api/operator-types';
import { formatCount } from '~/lib/format';
import { formatClock, formatMinute } from '~/lib/time';
import { texts } from '~/texts/operators';
import { Page, Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { AllDestinations } from './all-destinations';
import { Failed } from './failed';
import { IntakeChart } from './intake-chart';
import { overviewQuery } from './queries';
import styles from './operators.module.css';

const words = texts.health;

export function HealthPage({ orgLink }: { orgLink: (org: string, content: ReactNode) => ReactNode }) {
  const overview = useQuery(overviewQuery);
  return (
    <Page title={words.title} intro={words.intro} aside={overview.data && <span className="dim figures">{words.asOf(formatClock(overview.data.time))}</span>}>
      {overview.isPending && <Skeleton height={280} role="status" aria-label={words.loading} />}
      {overview.isError && <Failed error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.data && <State overview={overview.data} />}
      <Panel title={words.destinations}>
        <AllDestinations orgLink={orgLink} />
      </Panel>
    </Page>
  );
}

function State({ overview }: { overview: Overview }) {
  const { intake, store, orgs, errors, warnings } = overview;
  return (
    <>
      <div className={styles.columns}>
        <Panel title={words.intake}>
          <p className={styles.line}>{intake.accepting ? <StatusMark tone="good">{words.accepting}</StatusMark> : <StatusMark tone="bad">{words.refusing(intake.refusal ?? '')}</StatusMark>}</p>
          <p className={styles.line}>
            <span className={styles.big}>{words.perSecond(intake.entries_per_second)}</span> <span className="dim">{words.perSecondHint}</span>
          </p>
          <IntakeChart minutes={intake.minutes} />
          <p className="dim">{words.active(orgs.active_last_day, orgs.total)}</p>
        </Panel>
        <Panel title={words.store}>
          <p className={styles.line}>{store.state === 'ok' ? <StatusMark tone="good">{words.storeOk}</StatusMark> : <StatusMark tone="bad">{store.state}</StatusMark>}</p>
          <dl className={styles.facts}>
            <dt>{words.lag}</dt>
            <dd>{store.unstored_entries === 0 ? words.lagNone : words.lagSeconds(store.lag_seconds)}</dd>
            <dt>{words.unstored}</dt>
            <dd>{words.count(store.unstored_entries)}</dd>
            <dt>{words.unverified}</dt>
            <dd>{words.count(store.unverified_entries)}</dd>
            <dt>{words.backlog}</dt>
            <dd>{words.bytes(store.backlog_bytes)}</dd>
            <dt>{words.journal}</dt>
            <dd>{words.bytes(store.journal_bytes)}</dd>
          </dl>
        </Panel>
      </div>
      <Panel title={words.packs}>
        <Packs packs={overview.data_packs} />
      </Panel>
      {warnings.length > 0 && (
        <Panel title={words.warnings}>
          {warnings.map((warning) => (
            <p key={warning} className={styles.line}>
              <StatusMark tone="warn">{warning}</StatusMark>
            </p>
          ))}
        </Panel>
      )}
      <Panel title={words.errors} aside={<a href="/metrics">{words.metrics}</a>}>
        <dl className={styles.facts}>
          {Object.entries(errors).map(([name, count]) => (
            <ErrorCount key={name} name={words.errorNames[name] ?? name} count={count} />
          ))}
        </dl>
      </Panel>
    </>
  );
}

function Packs({ packs }: { packs: Overview['data_packs'] }) {
  const counts: [string, number, boolean][] = [
    [words.packsReleased, packs.released, false],
    [words.runsDue, packs.due, false],
    [words.runsRunning, packs.running, false],
    [words.runsHeld, packs.held, true],
    [words.runsFailed, packs.failed_last_day, true],
  ];
  return (
    <dl className={styles.facts}>
      {counts.map(([name, count, isTrouble]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{isTrouble && count > 0 ? <StatusMark tone="warn">{formatCount(count)}</StatusMark> : formatCount(count)}</dd>
        </Fragment>
      ))}
      <dt>{words.nextRun}</dt>
      <dd>{packs.next_due_at ? words.nextRunOf(packs.next_pack ?? '', formatMinute(packs.next_due_at)) : texts.none}</dd>
    </dl>
  );
}

function ErrorCount({ name, count }: { name: string; count: number }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{count === 0 ? texts.none : <StatusMark tone="warn">{formatCount(count)}</StatusMark>}</dd>
    </>
  );
}
