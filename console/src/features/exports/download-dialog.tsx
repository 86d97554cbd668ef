import { Button, Modal, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventFilter } from '~/api/types';
import { formatCount } from '~/lib/format';
import { formatMinute } from '~/lib/time';
import { ErrorNotice } from '~/ui/error-notice';
import { rangeTotalQuery, useCreateExport } from './queries';
import styles from './exports.module.css';

export interface ExportScope {
  times: { from: string; to?: string };
  filter: EventFilter;
  filterWords: string; // what the filters show, in words; empty without filters
}

interface Props {
  org: string;
  email: string;
  scope: ExportScope;
  siemLink: ReactNode; // to the S3 integration
  onClose: () => void;
  onShowDownloads: () => void;
}

export function DownloadDialog(props: Props) {
  return (
    <Modal opened onClose={props.onClose} title="Download" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <DialogBody {...props} />
    </Modal>
  );
}

function DialogBody({ org, email, scope, siemLink, onClose, onShowDownloads }: Props) {
  const [choice, setChoice] = useState('everything');
  const create = useCreateExport(org);
  const total = useQuery(rangeTotalQuery(org, scope.times)).data;
  const range = `from ${formatMinute(scope.times.from)} to ${scope.times.to ? formatMinute(scope.times.to) : 'now'}`;
  const hasFilters = Object.keys(scope.filter).length > 0;
  const prepare = () => {
    const filter = choice === 'filtered' ? { filter: scope.filter } : {};
    create.mutate({ format: 'csv', ...scope.times, ...filter });
  };
  if (create.isSuccess) return <Asked email={email} onClose={onClose} onShowDownloads={onShowDownloads} />;
  return (
    <div className={styles.dialog}>
      <Radio.Group label="What" value={choice} onChange={setChoice}>
        <div className={styles.choices}>
          <Radio value="everything" label={`Everything ${range}`} description={total && `${countWords(total)}, whatever the filters show`} />
          <Radio
            value="filtered"
            disabled={!hasFilters}
            label="Only what the filters show"
            description={hasFilters ? `${scope.filterWords}, ${range}` : 'No filter is set'}
          />
        </div>
      </Radio.Group>
      <p>
        A CSV with Date, Username, Name, Application, Action, IP Address and Area. We mail <strong>{email}</strong> a link when it is ready; the mail says
        which of the two it holds. The link expires and works only for people who may see the logs.
      </p>
      <p className="dim">The CSV is for people. For a SIEM use the {siemLink}.</p>
      {create.isError && <ErrorNotice {...describeError(create.error)} requestId={create.error instanceof ApiError ? create.error.requestId : undefined} />}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={create.isPending} onClick={prepare}>
          Prepare CSV
        </Button>
      </div>
    </div>
  );
}

const countWords = (total: { value: number; relation: 'eq' | 'gte' }): string =>
  total.relation === 'gte' ? `More than ${formatCount(total.value)} entries` : `About ${formatCount(total.value)} entries`;

function Asked({ email, onClose, onShowDownloads }: Pick<Props, 'email' | 'onClose' | 'onShowDownloads'>) {
  return (
    <div className={styles.dialog} role="status">
      <p>
        Your CSV is being prepared. We mail <strong>{email}</strong> a link when it is ready; you can also fetch it under Downloads.
      </p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button onClick={onShowDownloads} data-autofocus>
          Show downloads
        </Button>
      </div>
    </div>
  );
}
