import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError } from '~/api/errors';
import { useLooks } from '~/api/looks';
import type { Org } from '~/api/operator-types';
import { texts } from '~/texts/operators';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { Failed } from './failed';
import { KeyDialog } from './key-dialog';
import { KeyTable } from './key-table';
import { LookDialog } from './look-dialog';
import { OrgForm } from './org-form';
import { activityQuery, orgDestinationsQuery, orgQuery } from './queries';
import { toneOf } from './states';
import styles from './operators.module.css';

const words = texts.org;

interface Props {
  id: string;
  crumb: ReactNode;
  onLook: (org: string) => void; // its audit log may be read now
  people: (org: Org) => ReactNode; // who they are, and how to change that
}

export function OrgPage({ id, crumb, onLook, people }: Props) {
  const org = useQuery(orgQuery(id));
  if (org.isPending) return <Skeleton height={320} role="status" aria-label={words.loading} />;
  if (org.isError) {
    return (
      <Page title={id} crumb={crumb}>
        {org.error instanceof ApiError && org.error.status === 404 ? <EmptyState title={words.missing}>{words.missingAdvice}</EmptyState> : <Failed error={org.error} onRetry={() => void org.refetch()} />}
      </Page>
    );
  }
  return (
    <Page title={org.data.name} crumb={crumb} aside={<LookButton org={org.data} onLook={onLook} />}>
      <div className={styles.columns}>
        <div>
          <Panel title={words.settings}>
            <Settings org={org.data} />
          </Panel>
        </div>
        <div>
          <Panel title={words.activity}>
            <Activity org={id} />
          </Panel>
          <Panel title={words.destinations}>{org.data.entitlements.s3 ? <Destinations org={id} /> : <p className="dim">{words.s3Off}</p>}</Panel>
        </div>
      </div>
      {people(org.data)}
      <Keys org={id} />
    </Page>
  );
}

function LookButton({ org, onLook }: { org: Org; onLook: (org: string) => void }) {
  const looks = useLooks();
  const [isOpen, setIsOpen] = useState(false);
  const running = looks?.some((look) => look.org.id === org.id) ?? false;
  if (!org.entitlements.audit_logs) return <span className="dim">{texts.look.notEnabled}</span>;
  return (
    <>
      <Button variant={running ? 'filled' : 'default'} onClick={() => (running ? onLook(org.id) : setIsOpen(true))}>
        {running ? texts.look.open : texts.look.button}
      </Button>
      {isOpen && <LookDialog org={org} onClose={() => setIsOpen(false)} onOpened={() => onLook(org.id)} />}
    </>
  );
}

function Settings({ org }: { org: Org }) {
  const [isSaved, setIsSaved] = useState(false);
  return (
    <>
      <p role="status" className={styles.status}>
        {isSaved && <StatusMark tone="good">{words.saved}</StatusMark>}
      </p>
      <OrgForm key={org.id} org={org} onSaved={() => setIsSaved(true)} />
    </>
  );
}

function Activity({ org }: { org: string }) {
  const activity = useQuery(activityQuery(org));
  if (activity.isPending) return <Skeleton height={64} />;
  if (activity.isError) return <Failed error={activity.error} onRetry={() => void activity.refetch()} />;
  if (!activity.data) return null;
  const { entries, entries_last_hour, entries_last_day, last_received_at } = activity.data;
  return (
    <>
      <p className={styles.line}>{words.entries(entries)}</p>
      <p className={styles.line}>
        {words.lastHour(entries_last_hour)} · {words.lastDay(entries_last_day)}
      </p>
      <p className="dim">{words.lastEntry(last_received_at)}</p>
    </>
  );
}

function Destinations({ org }: { org: string }) {
  const list = useQuery(orgDestinationsQuery(org));
  if (list.isPending) return <Skeleton height={40} />;
  if (list.isError) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.data.length === 0) return <p className="dim">{words.noDestination}</p>;
  return (
    <ul>
      {list.data.data.map((item) => (
        <li key={item.id}>
          <StatusMark tone={toneOf(item.state)}>{texts.health.states[item.state]}</StatusMark> {item.bucket ?? item.id}
          {item.reason && <span className={styles.under}>{item.reason}</span>}
        </li>
      ))}
    </ul>
  );
}

function Keys({ org }: { org: string }) {
  const [isNew, setIsNew] = useState(false);
  return (
    <Panel
      title={words.keys}
      aside={
        <Button size="xs" variant="default" onClick={() => setIsNew(true)}>
          {words.newKey}
        </Button>
      }
    >
      <KeyTable filter={{ org }} empty={<p className="dim">{words.noKeys}</p>} />
      {isNew && <KeyDialog org={org} onClose={() => setIsNew(false)} />}
    </Panel>
  );
}
