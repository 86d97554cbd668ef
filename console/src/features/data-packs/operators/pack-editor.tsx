import { Button, Modal, Skeleton, TextInput } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { DataPack } from '~/api/operator-types';
import { Failed, Refused } from '~/features/data-packs/shared/failed';
import { RunsTable } from '~/features/data-packs/shared/runs-table';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute } from '~/lib/time';
import { texts as common } from '~/texts/common';
import { texts as customer } from '~/texts/data-packs';
import { texts } from '~/texts/pack-operations';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { DefinitionForm } from './definition-form';
import { packTones } from './packs-page';
import { FolderCount, type FolderLink } from './folder-count';
import { allRunsQuery, packQuery, sourcesQuery, useEntitle, useRemovePack } from './queries';
import { HeldForColumns, ReleasePanel } from './release-panel';

const words = texts.pack;

interface Props {
  back: ReactNode;
  orgLink: (org: string, content: ReactNode) => ReactNode;
  folderLink: FolderLink;
  onGone: () => void;
}

export function NewPackPage({ back, onCreated }: { back: ReactNode; onCreated: (id: string) => void }) {
  return (
    <Page title={words.newTitle} crumb={back}>
      <Panel title={words.definition}>
        <DefinitionForm pack={null} onSaved={onCreated} />
      </Panel>
    </Page>
  );
}

export function PackEditorPage({ id, back, orgLink, folderLink, onGone }: Props & { id: string }) {
  const query = useQuery(packQuery(id));
  const pack = query.data;
  const aside = pack && (
    <>
      <StatusMark tone={packTones[pack.state]}>{texts.packs.states[pack.state]}</StatusMark>
      <Remove pack={pack} onGone={onGone} />
    </>
  );
  return (
    <Page title={pack?.name ?? texts.title} crumb={back} aside={aside} intro={pack?.former_name ? customer.formerlyOf(pack.former_name) : undefined}>
      {query.isPending && <Skeleton height={320} role="status" aria-label={words.loading} />}
      {query.isError && !pack && <Failed error={query.error} onRetry={() => void query.refetch()} />}
      {pack && (
        <>
          <HeldForColumns pack={pack} />
          <Panel title={words.definition}>
            <DefinitionForm key={pack.id} pack={pack} onSaved={() => undefined} />
          </Panel>
          <ReleasePanel pack={pack} />
          <Entitlements pack={pack} orgLink={orgLink} />
          <Runs pack={pack} orgLink={orgLink} folderLink={folderLink} />
          {pack.versions.length > 0 && <Versions pack={pack} />}
        </>
      )}
    </Page>
  );
}

function Entitlements({ pack, orgLink }: { pack: DataPack; orgLink: Props['orgLink'] }) {
  const [org, setOrg] = useState('');
  const entitle = useEntitle();
  return (
    <Panel title={words.entitlements}>
      <div className={styles.stack}>
        {pack.organizations.length === 0 && <p className="dim">{words.nobody}</p>}
        <ul className={styles.plain}>
          {pack.organizations.map((id) => (
            <li key={id}>
              {orgLink(id, id)}{' '}
              <Button size="compact-xs" variant="default" aria-label={words.withdrawFrom(id)} disabled={entitle.isPending} onClick={() => entitle.mutate({ org: id, pack: pack.id, has: false })}>
                {words.withdraw}
              </Button>
            </li>
          ))}
        </ul>
        <Refused error={entitle.error} />
        <form
          className={styles.buttons}
          aria-label={words.entitle}
          onSubmit={(event) => {
            event.preventDefault();
            entitle.mutate({ org: org.trim(), pack: pack.id, has: true }, { onSuccess: () => setOrg('') });
          }}
        >
          <TextInput aria-label={words.orgId} placeholder={words.orgId} maxLength={64} spellCheck={false} value={org} onChange={(event) => setOrg(event.currentTarget.value)} />
          <Button type="submit" variant="default" disabled={org.trim() === ''} loading={entitle.isPending}>
            {words.entitleGo}
          </Button>
        </form>
      </div>
    </Panel>
  );
}

function Runs({ pack, orgLink, folderLink }: { pack: DataPack } & Pick<Props, 'orgLink' | 'folderLink'>) {
  const sources = useQuery(sourcesQuery);
  const isDropped = sources.data?.data.find(({ id }) => id === pack.source.id)?.type === 'folder';
  const list = useInfiniteQuery(allRunsQuery(null, pack.id));
  const runs = list.data?.pages.flatMap((page) => page.data) ?? [];
  const more = list.hasNextPage ? { isLoading: list.isFetchingNextPage, load: () => void list.fetchNextPage() } : undefined;
  return (
    <Panel title={customer.runs.title} aside={isDropped && <FolderCount source={pack.source.id} link={folderLink} />}>
      {list.isPending && <Skeleton height={120} role="status" aria-label={customer.runs.loading} />}
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && runs.length === 0 && <EmptyState title={customer.runs.none} />}
      {runs.length > 0 && <RunsTable label={customer.runs.title} runs={runs} isOperator orgLink={orgLink} more={more} />}
    </Panel>
  );
}

function Versions({ pack }: { pack: DataPack }) {
  return (
    <Panel title={words.versions}>
      <ul className={styles.plain}>
        {pack.versions.map((version) => (
          <li key={version.version}>
            <strong>{words.version(version.version)}</strong>, {words.since(formatMinute(version.released_at))}
            {version.ends_at && `, ${words.ends(formatMinute(version.ends_at))}`}
            <div className="dim">
              <code className={styles.code}>{version.columns.map(({ name, type }) => `${name} ${type}`).join(', ')}</code>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Remove({ pack, onGone }: { pack: DataPack; onGone: () => void }) {
  const [asks, setAsks] = useState(false);
  const remove = useRemovePack(onGone);
  return (
    <>
      <Button variant="subtle" color="red" onClick={() => setAsks(true)}>
        {words.remove}
      </Button>
      <Modal opened={asks} onClose={() => setAsks(false)} title={words.removeTitle} closeButtonProps={{ 'aria-label': common.close }}>
        <div className={styles.stack}>
          <p>{words.removeText(pack.name)}</p>
          <Refused error={remove.error} />
          <div className={styles.buttons}>
            <Button variant="default" onClick={() => setAsks(false)} data-autofocus>
              {common.cancel}
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate(pack.id)}>
              {words.remove}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  );
}
