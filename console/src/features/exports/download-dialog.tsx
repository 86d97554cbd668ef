import { Button, Modal, Radio } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { EventFilter, ExportEstimate, ExportFormat } from '~/api/types';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/exports';
import { ErrorNotice } from '~/ui/error-notice';
import { estimateQuery, useExportChanges } from './queries';
import styles from './exports.module.css';

export interface ExportScope {
  times: { from: string; to?: string };
  rangeWords: string; // "22 Nov 2026 10:00 to now", with its zone
  filter: EventFilter;
  filterWords: string; // what the filters show, in words; empty without filters
}

interface Props {
  org: string;
  email: string; // who is mailed when the file is ready; empty: nobody
  scope: ExportScope;
  siemLink: ReactNode; // to the S3 integration
  onClose: () => void;
  onShowDownloads: () => void;
}

export function DownloadDialog(props: Props) {
  return (
    <Modal opened onClose={props.onClose} title={texts.title} size="lg" closeButtonProps={{ 'aria-label': common.close }}>
      <DialogBody {...props} />
    </Modal>
  );
}

const formats = ['csv', 'jsonl', 'parquet'] as const satisfies ExportFormat[];

function DialogBody({ org, email, scope, siemLink, onClose, onShowDownloads }: Props) {
  const [choice, setChoice] = useState('everything');
  const [format, setFormat] = useState<ExportFormat>('csv');
  const { create } = useExportChanges(org);
  const hasFilters = Object.keys(scope.filter).length > 0;
  const everything = useQuery(estimateQuery(org, scope.times)).data;
  const filtered = useQuery({ ...estimateQuery(org, { ...scope.times, filter: scope.filter }), enabled: hasFilters }).data;
  const estimate = choice === 'filtered' ? filtered : everything;
  const prepare = () => {
    const filter = choice === 'filtered' ? { filter: scope.filter } : {};
    create.mutate({ format, ...scope.times, ...filter });
  };
  if (create.isSuccess) return <Asked email={email} onClose={onClose} onShowDownloads={onShowDownloads} />;
  return (
    <div className={styles.dialog}>
      <Radio.Group label={texts.what} value={choice} onChange={setChoice}>
        <div className={styles.choices}>
          <Radio value="everything" label={texts.everything(scope.rangeWords)} description={rowsWords(everything)} />
          <Radio
            value="filtered"
            disabled={!hasFilters}
            label={texts.filtered}
            description={hasFilters ? `${texts.filteredWhich(scope.filterWords, scope.rangeWords)}. ${rowsWords(filtered)}` : texts.noFilter}
          />
        </div>
      </Radio.Group>
      <FormatChoice format={format} setFormat={setFormat} estimate={estimate} />
      <p>{email === '' ? texts.waits : <Mailed words={texts.mail(email)} />}</p>
      <p className="dim">
        {texts.siem}
        {siemLink}.
      </p>
      {create.isError && <ErrorNotice {...describeError(create.error)} requestId={create.error instanceof ApiError ? create.error.requestId : undefined} />}
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          {common.cancel}
        </Button>
        <Button loading={create.isPending} onClick={prepare}>
          {texts.prepare(texts.formats[format].name)}
        </Button>
      </div>
    </div>
  );
}

const rowsWords = (estimate: ExportEstimate | undefined): string => (estimate ? texts.about(estimate.rows) : texts.counting);

interface FormatProps {
  format: ExportFormat;
  setFormat: (format: ExportFormat) => void;
  estimate: ExportEstimate | undefined;
}

function FormatChoice({ format, setFormat, estimate }: FormatProps) {
  return (
    <Radio.Group label={texts.format} value={format} onChange={(value) => setFormat(formats.find((known) => known === value) ?? 'csv')}>
      <div className={styles.choices}>
        {formats.map((value) => {
          const { name, about } = texts.formats[value];
          const size = estimate ? ` · ${texts.size(estimate.bytes_about[value])}` : '';
          return <Radio key={value} value={value} label={name} description={`${about}${size}`} />;
        })}
      </div>
    </Radio.Group>
  );
}

// A sentence with the address in it.
function Mailed({ words: [before, email, after] }: { words: string[] }) {
  return (
    <>
      {before}
      <strong>{email}</strong>
      {after}
    </>
  );
}

function Asked({ email, onClose, onShowDownloads }: Pick<Props, 'email' | 'onClose' | 'onShowDownloads'>) {
  return (
    <div className={styles.dialog} role="status">
      <p>{email === '' ? texts.askedWaits : <Mailed words={texts.asked(email)} />}</p>
      <div className={styles.buttons}>
        <Button variant="default" onClick={onClose}>
          {common.close}
        </Button>
        <Button onClick={onShowDownloads} data-autofocus>
          {texts.show}
        </Button>
      </div>
    </div>
  );
}
