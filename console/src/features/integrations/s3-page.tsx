import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { DestinationList, SessionOrg } from '~/api/types';
import { texts } from '~/texts/integrations';
import { Page, Panel } from '~/ui/page';
import { ErrorState, LockedState } from '~/ui/states';
import { Connection } from './connection';
import { Destinations, EarlierDestinations } from './destinations';
import { destinationsQuery } from './queries';
import type { S3Search } from './s3-search';
import { newDestinationId } from './settings-form';
import { disconnectedOnes, presentOnes } from './status';
import styles from './integrations.module.css';

interface Props {
  org: SessionOrg;
  back: ReactNode; // to the list of integrations
  search: S3Search;
  setSearch: (search: S3Search) => void;
}

export function S3Page(props: Props) {
  const { org, back } = props;
  if (!org.entitlements.s3) {
    return (
      <Page title={texts.s3} crumb={back}>
        <NotEnabled org={org} />
      </Page>
    );
  }
  return <EnabledPage key={org.id} {...props} />;
}

function EnabledPage({ org, back, search, setSearch }: Props) {
  const list = useQuery(destinationsQuery(org.id));
  // The id that the new destination will have, while one is being made.
  const [newId, setNewId] = useState<string | null>(null);
  const hasNone = list.data && presentOnes(list.data.data).length === 0;
  const connect = hasNone && newId === null && <Button onClick={() => setNewId(newDestinationId())}>{texts.connect}</Button>;
  return (
    <Page title={texts.s3} crumb={back} aside={connect}>
      <PageBody org={org} list={list} newId={newId} onGone={() => setNewId(null)} search={search} setSearch={setSearch} />
      {list.data && <EarlierDestinations org={org.id} list={disconnectedOnes(list.data.data)} />}
    </Page>
  );
}

interface BodyProps extends Pick<Props, 'search' | 'setSearch'> {
  org: SessionOrg;
  list: { isPending: boolean; data: DestinationList | undefined; error: unknown; refetch: () => unknown };
  newId: string | null;
  onGone: () => void;
}

function PageBody({ list, newId, ...rest }: BodyProps): ReactNode {
  if (list.isPending) return <Skeleton height={240} role="status" aria-label={texts.loading} />;
  if (!list.data) {
    const requestId = list.error instanceof ApiError ? list.error.requestId : undefined;
    return <ErrorState {...describeError(list.error)} requestId={requestId} onRetry={() => void list.refetch()} />;
  }
  if (presentOnes(list.data.data).length === 0 && newId === null) return <WhatItDoes />;
  return <Chosen list={list.data} newId={newId} {...rest} />;
}

// An organization may have several destinations; most have one.
function Chosen({ org, list, newId, onGone, search, setSearch }: Omit<BodyProps, 'list'> & { list: DestinationList }) {
  const present = presentOnes(list.data);
  const destination = present.find((item) => item.id === search.destination) ?? present[0];
  const id = destination?.id ?? newId;
  if (id === null) return null;
  return (
    <>
      {present.length > 1 && destination && <Destinations list={present} shown={destination.id} onShow={(shown) => setSearch({ ...search, destination: shown })} />}
      <Connection key={id} id={id} org={org.id} hasPacks={org.entitlements.data_packs} hasLogs={org.entitlements.audit_logs} destination={destination} options={list.options ?? {}} onGone={onGone} search={search} setSearch={setSearch} />
    </>
  );
}

function WhatItDoes() {
  return (
    <Panel title={texts.what.title}>
      <ul className={styles.list}>
        {texts.what.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <h3 className={styles.subtitle}>{texts.what.needs}</h3>
      <ul className={styles.list}>
        {texts.what.needPoints.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </Panel>
  );
}

function NotEnabled({ org }: { org: SessionOrg }) {
  return (
    <LockedState title={texts.notEnabled.title(org.name)}>
      <p>{texts.notEnabled.text}</p>
      <ul>
        <li>
          {org.entitlements.data_packs || org.entitlements.audit_logs ? '✓ ' : ''}
          {texts.notEnabled.sources}
        </li>
        <li>{texts.notEnabled.bucket}</li>
      </ul>
      <p>{texts.notEnabled.ask(org.id)}</p>
    </LockedState>
  );
}
