import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SessionOrg, View } from '~/api/types';
import type { Layout } from '~/features/audit-logs/list/layout';
import { searchRangeWords } from '~/features/audit-logs/ranges';
import { queryInWords, type AuditSearch } from '~/features/audit-logs/search';
import { texts } from '~/texts/audit-logs';
import { texts as common } from '~/texts/common';
import { ErrorNotice } from '~/ui/error-notice';
import { useZone } from '~/ui/zone';
import { useViewChanges, viewsQuery } from './queries';
import { layoutOf, searchFrom, settingsFrom } from './view-settings';
import styles from './views.module.css';

interface Props {
  org: SessionOrg;
  search: AuditSearch;
  layout: Layout;
  onClose: () => void;
}

// The views that the person may change: rename, share, make them what is shown now, remove.
export function ManageViews({ org, search, layout, onClose }: Props) {
  const views = (useQuery(viewsQuery(org.id)).data ?? []).filter(({ mine }) => mine);
  const { change, remove } = useViewChanges(org.id);
  const error = change.error ?? remove.error;
  return (
    <Modal opened onClose={onClose} size="lg" title={texts.views.manageTitle} closeButtonProps={{ 'aria-label': common.close }}>
      <ul className={styles.views}>
        {views.map((view) => (
          <Row key={view.id} org={org} view={view} search={search} layout={layout} change={change.mutate} remove={remove.mutate} />
        ))}
        {views.length === 0 && <li className="dim">{texts.views.none}</li>}
      </ul>
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
    </Modal>
  );
}

interface RowProps extends Omit<Props, 'onClose'> {
  view: View;
  change: (change: { id: string; body: ReturnType<typeof settingsFrom> }) => void;
  remove: (id: string) => void;
}

function Row({ org, view, search, layout, change, remove }: RowProps) {
  const [name, setName] = useState(view.name);
  const { zone } = useZone();
  const kept = searchFrom(view);
  const put = (newName: string, shared: boolean) => change({ id: view.id, body: settingsFrom(newName, shared, kept, layoutOf(view, layout)) });
  const rename = () => {
    const trimmed = name.trim();
    if (trimmed === '') setName(view.name);
    else if (trimmed !== view.name) put(trimmed, view.shared);
  };
  return (
    <li className={styles.view}>
      <TextInput aria-label={texts.views.rename(view.name)} className={styles.viewName ?? ''} value={name} onChange={(event) => setName(event.currentTarget.value)} onBlur={rename} />
      <Checkbox label={texts.views.shared} aria-label={texts.views.makeShared(view.name)} checked={view.shared} onChange={(event) => put(name.trim() || view.name, event.currentTarget.checked)} />
      <Button size="xs" variant="default" aria-label={texts.views.update(view.name)} onClick={() => change({ id: view.id, body: settingsFrom(name.trim() || view.name, view.shared, search, layout) })}>
        {texts.views.updateShort}
      </Button>
      <Button size="xs" variant="default" color="red" aria-label={texts.views.remove(view.name)} onClick={() => remove(view.id)}>
        {common.remove}
      </Button>
      <div className={`${styles.viewWords ?? ''} dim`}>
        {queryInWords(view.query) || texts.views.everything}, {searchRangeWords(kept, org.viewing_window_days, zone)}
      </div>
    </li>
  );
}
