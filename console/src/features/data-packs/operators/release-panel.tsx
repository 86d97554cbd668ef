import { Alert, Button, Table, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DataPack, DataPackPreview } from '~/api/operator-types';
import { Refused } from '~/features/data-packs/shared/failed';
import { Changes } from '~/features/data-packs/shared/run-detail';
import styles from '~/features/data-packs/data-packs.module.css';
import { texts } from '~/texts/pack-operations';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { idsOf, isBreaking } from './pack-form';
import { allRunsQuery, useConfirmChange, usePreview, useRelease } from './queries';

const words = texts.pack;
const orgsMost = 10;

// What the draft would deliver, and its release.
export function ReleasePanel({ pack }: { pack: DataPack }) {
  const [orgs, setOrgs] = useState(pack.organizations.slice(0, 3).join(' '));
  const [notice, setNotice] = useState('30');
  const preview = usePreview();
  const release = useRelease();
  const ids = idsOf(orgs);
  const breaks = preview.data ? isBreaking(preview.data.changes) : false;
  const days = notice.trim() ? Number(notice) : null;
  return (
    <Panel title={words.preview}>
      <div className={styles.stack}>
        <p className={styles.lead}>{words.previewLead}</p>
        <form
          className={styles.stack}
          onSubmit={(event) => {
            event.preventDefault();
            preview.mutate({ pack: pack.id, orgs: ids });
          }}
        >
          <TextInput className={styles.search ?? ''} label={words.previewOrgs} description={words.previewOrgsHint} spellCheck={false} value={orgs} onChange={(event) => setOrgs(event.currentTarget.value)} />
          <div className={styles.buttons}>
            <Button type="submit" variant="default" disabled={ids.length === 0 || ids.length > orgsMost} loading={preview.isPending}>
              {words.previewGo}
            </Button>
          </div>
        </form>
        <Refused error={preview.error ?? release.error} />
        {preview.data && <Shown preview={preview.data} />}
        {breaks && (
          <>
            <p>{words.breaking}</p>
            <TextInput className={styles.search ?? ''} label={words.notice} inputMode="numeric" maxLength={3} value={notice} onChange={(event) => setNotice(event.currentTarget.value)} />
          </>
        )}
        {(pack.pending || pack.version === null) && (
          <div className={styles.buttons}>
            <Button variant={preview.isSuccess ? 'filled' : 'default'} loading={release.isPending} onClick={() => release.mutate({ pack: pack.id, days: breaks ? days : null })}>
              {words.release}
            </Button>
            <span className="dim">{words.releaseHint}</span>
          </div>
        )}
        <span role="status" className="dim">
          {release.isSuccess && release.data.version !== null ? words.released(release.data.version) : ''}
        </span>
      </div>
    </Panel>
  );
}

// Runs that found other columns than those of the version in use.
export function HeldForColumns({ pack }: { pack: DataPack }) {
  const held = useInfiniteQuery({ ...allRunsQuery('held', pack.id), enabled: pack.held_runs > 0 });
  const confirm = useConfirmChange();
  const [notice, setNotice] = useState('30');
  const takesNotice = !pack.source.files; // files are sent as they are
  const run = held.data?.pages.flatMap((page) => page.data).find(({ hold }) => hold?.reason === 'columns');
  return (
    <>
      {run && (
        <Alert color="yellow" mb="md" title={words.confirmText}>
          <div className={styles.stack}>
            <Changes changes={run.hold?.changes ?? []} />
            {takesNotice && <TextInput className={styles.search ?? ''} label={words.notice} description={words.noticeHint} inputMode="numeric" maxLength={3} value={notice} onChange={(event) => setNotice(event.currentTarget.value)} />}
            <div className={styles.buttons}>
              <Button loading={confirm.isPending} onClick={() => confirm.mutate({ pack: pack.id, days: takesNotice ? Number(notice) || 0 : 0 })}>
                {words.confirmChange}
              </Button>
            </div>
          </div>
        </Alert>
      )}
      <Refused error={confirm.error} />
      <span role="status" className="dim">
        {confirm.isSuccess ? words.confirmed : ''}
      </span>
    </>
  );
}

function Shown({ preview }: { preview: DataPackPreview }) {
  return (
    <div className={styles.stack} role="status">
      {preview.changes.length > 0 && (
        <div>
          <h3 className={styles.subtitle}>{words.changes}</h3>
          <Changes changes={preview.changes} />
        </div>
      )}
      {preview.organizations.map((org) => (
        <div key={org.id}>
          <h3 className={styles.subtitle}>
            <OutsideText>{org.id}</OutsideText>
            {org.rows !== null && `: ${words.rows(org.rows, org.sample.length)}`}
          </h3>
          {org.error ? (
            <p>
              <OutsideText>{org.error}</OutsideText>
            </p>
          ) : (
            <Sample label={words.previewOf(org.id)} columns={preview.columns} rows={org.sample} />
          )}
        </div>
      ))}
    </div>
  );
}

function Sample({ label, columns, rows }: { label: string; columns: DataPackPreview['columns']; rows: (string | null)[][] }) {
  return (
    <div className={styles.scroll} role="group" aria-label={label} tabIndex={0}>
      <Table className={styles.numbers ?? ''} verticalSpacing={2}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.name}>
                <code>{column.name}</code>
                <span className={styles.under}>{column.native ?? column.type}</span>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody className="figures">
          {rows.map((row, i) => (
            <Table.Tr key={i}>
              {row.map((cell, j) => (
                <Table.Td key={j} className="nowrap">
                  {cell === null ? <span className="dim">∅</span> : <OutsideText>{cell.slice(0, 80)}</OutsideText>}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
