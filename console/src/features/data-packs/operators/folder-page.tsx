import { Alert, NativeSelect, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { WatchedFolder, WatchedFolderEntry } from '~/api/operator-types';
import { Failed } from '~/features/data-packs/shared/failed';
import styles from '~/features/data-packs/data-packs.module.css';
import { formatMinute, formatRelative } from '~/lib/time';
import { texts } from '~/texts/pack-operations';
import { OutsideText } from '~/ui/outside-text';
import { Page, Panel } from '~/ui/page';
import { EmptyState } from '~/ui/states';
import { StatusMark } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { FileSets } from './file-sets';
import { inOrder, remedyOf, setWords, toneOf } from './folder-words';
import { allPacksQuery, folderQuery, sourcesQuery } from './queries';

const words = texts.folder;

interface Links {
  packLink: (pack: string, content: ReactNode) => ReactNode;
  orgLink: (org: string, content: ReactNode) => ReactNode;
}

interface Props extends Links {
  tabs: ReactNode;
  source: string | undefined; // only what lies in this one's folder
  setSource: (source: string | undefined) => void;
}

// What the vendor's jobs have put into the watched folder and was not taken, and why.
export function FolderPage({ tabs, source, setSource, ...links }: Props) {
  const folder = useQuery(folderQuery(source));
  const sources = useQuery(sourcesQuery);
  const known = (sources.data?.data ?? []).filter(({ type }) => type === 'folder').map(({ id }) => id);
  const shown = source ?? (known.length === 1 ? known[0] : undefined);
  const choices = source && !known.includes(source) ? [...known, source] : known;
  return (
    <Page title={texts.title} intro={texts.intro}>
      {tabs}
      <Panel title={words.title}>
        {choices.length > 0 && (
          <NativeSelect className={styles.search ?? ''} label={words.source} value={source ?? ''} data={[{ value: '', label: words.allSources }, ...choices]} onChange={(event) => setSource(event.currentTarget.value || undefined)} />
        )}
        {folder.isPending && <Skeleton height={160} role="status" aria-label={words.loading} />}
        {folder.isError && !folder.data && <Failed error={folder.error} onRetry={() => void folder.refetch()} />}
        {folder.data && <Looked folder={folder.data} source={source} {...links} />}
      </Panel>
      {shown && (
        <Panel title={words.taken(shown)}>
          <div className={styles.scroll} role="group" aria-label={words.taken(shown)} tabIndex={0}>
            <FileSets source={shown} />
          </div>
        </Panel>
      )}
    </Page>
  );
}

function Looked({ folder, source, ...links }: Links & { folder: WatchedFolder; source: string | undefined }) {
  const now = useNow(5_000);
  if (folder.path === null) {
    return (
      <EmptyState title={words.notSet}>
        <p>
          {words.notSetText.before} <code>{words.setting}</code> {words.notSetText.after}
        </p>
      </EmptyState>
    );
  }
  return (
    <>
      <p className={styles.lead}>
        <code className={styles.code}>{folder.path}</code>{' '}
        <span className="dim">{folder.looked_at === null ? words.notLooked : words.looked(formatRelative(folder.looked_at, now))}</span>
      </p>
      {folder.problem !== null && (
        <Alert color="red" mb="md" title={words.problem}>
          <p className={styles.small}>
            <OutsideText>{folder.problem}</OutsideText>
          </p>
          {words.problemRemedy}
        </Alert>
      )}
      {folder.data.length > 0 && <Entries entries={inOrder(folder.data, now)} now={now} {...links} />}
      {folder.more && <p className="dim">{words.more(folder.data.length)}</p>}
      {folder.data.length === 0 && folder.problem === null && folder.looked_at !== null && (
        <EmptyState title={source === undefined ? words.none : words.noneOf(source)}>
          <p>{words.noneText}</p>
        </EmptyState>
      )}
    </>
  );
}

function Entries({ entries, now, ...links }: Links & { entries: WatchedFolderEntry[]; now: number }) {
  return (
    <ul className={styles.entries} aria-label={words.label}>
      {entries.map((entry) => (
        <Entry key={entry.path} entry={entry} now={now} {...links} />
      ))}
    </ul>
  );
}

function Entry({ entry, now, orgLink, packLink }: Links & { entry: WatchedFolderEntry; now: number }) {
  const { organization_id: org, source } = entry;
  const packs = useQuery(allPacksQuery);
  const fed = (packs.data?.data ?? []).filter((pack) => pack.source.id === source);
  return (
    <li className={styles.entry}>
      <div className={styles.packHead}>
        <strong className="figures">
          <OutsideText>{entry.set === null ? entry.path : setWords(entry.set)}</OutsideText>
        </strong>
        <span className="figures">
          <StatusMark tone={toneOf(entry, now)}>{words.states[entry.state]}</StatusMark>{' '}
          <time className="dim" dateTime={entry.since} title={formatMinute(entry.since)}>
            {words.since(formatRelative(entry.since, now))}
          </time>
        </span>
      </div>
      <p className={styles.small}>
        {org !== null && orgLink(org, <OutsideText>{org}</OutsideText>)}
        {org !== null && ' · '}
        {source === null ? words.noSource : <OutsideText>{source}</OutsideText>}
        {fed.map((pack) => (
          <span key={pack.id}>
            {' · '}
            {packLink(pack.id, <OutsideText>{pack.name}</OutsideText>)}
          </span>
        ))}
        {entry.set !== null && (
          <>
            {' · '}
            <code className={`${styles.code ?? ''} dim`}>{entry.path}</code>
          </>
        )}
      </p>
      <p className={styles.small}>
        <OutsideText>{entry.detail}</OutsideText> {words.remedy}: {remedyOf(entry)}
      </p>
    </li>
  );
}
