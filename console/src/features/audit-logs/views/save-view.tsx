import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { SessionOrg } from '~/api/types';
import type { Layout } from '~/features/audit-logs/list/layout';
import { searchRangeWords } from '~/features/audit-logs/ranges';
import { queryInWords, type AuditSearch } from '~/features/audit-logs/search';
import { texts } from '~/texts/audit-logs';
import { texts as common } from '~/texts/common';
import { ErrorNotice } from '~/ui/error-notice';
import { useZone } from '~/ui/zone';
import { useViewChanges } from './queries';
import { settingsFrom } from './view-settings';
import styles from './views.module.css';

interface Props {
  org: SessionOrg;
  search: AuditSearch;
  layout: Layout;
  onClose: () => void;
}

const nameMax = 80;

export function SaveView({ org, search, layout, onClose }: Props) {
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const { create } = useViewChanges(org.id);
  const { zone } = useZone();
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (name.trim() !== '') create.mutate(settingsFrom(name.trim(), shared, search, layout), { onSuccess: onClose });
  };
  const requestId = create.error instanceof ApiError ? create.error.requestId : undefined;
  return (
    <Modal opened onClose={onClose} title={texts.views.title} closeButtonProps={{ 'aria-label': common.close }}>
      <form className={styles.form} onSubmit={save}>
        <p>
          <strong>{queryInWords(search.query) || texts.views.everything}</strong>, {searchRangeWords(search, org.viewing_window_days, zone)}.{' '}
          <span className="dim">{texts.views.holds}</span>
        </p>
        <TextInput label={texts.views.name} placeholder={texts.views.nameExample} maxLength={nameMax} value={name} onChange={(event) => setName(event.currentTarget.value)} data-autofocus />
        <Checkbox label={texts.views.share} checked={shared} onChange={(event) => setShared(event.currentTarget.checked)} />
        {create.isError && <ErrorNotice {...describeError(create.error)} requestId={requestId} />}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
            {common.save}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
