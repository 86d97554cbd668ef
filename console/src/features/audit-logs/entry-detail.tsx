import { ScrollArea } from '@mantine/core';
import { describeStatus } from '~/lib/http-status';
import { formatDay, formatExact, formatRelative } from '~/lib/time';
import { CopyButton } from '~/ui/copy-button';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { ChangeTable } from './change-table';
import { Fact, Facts, Section } from './facts';
import { changed, type PageState } from './page-state';
import type { Entry } from './queries';
import { categories, outcomes, parseAuditSearch } from './search';
import { sentenceOf } from './sentence';
import styles from './entry-detail.module.css';

interface Props extends PageState {
  entry: Entry;
}

type Record = Entry['record'];

export function EntryDetail({ entry: { record, line }, search, setSearch }: Props) {
  const filterBy = (key: string) => (value: string) => setSearch(parseAuditSearch({ ...changed(search, { event: undefined }), [key]: value }));
  return (
    <div className={styles.detail}>
      <EntrySentence record={record} />
      <Section title="Who">
        <Facts>
          <Fact label="Name" value={record.actor.name} onFilter={filterBy('name')} />
          <Fact label="Username" value={record.actor.username} onFilter={filterBy('name')} />
          <Fact label="Email" value={record.actor.email} onFilter={filterBy('email')} />
          <Fact label="User id" value={record.actor.id} />
          <Fact label="Role" value={record.actor.role} />
          <Fact label="Type" value={record.actor.type} />
        </Facts>
      </Section>
      <What record={record} filterBy={filterBy} />
      <Section title="Where from">
        <Facts>
          <Fact label="IP address" value={record.context?.ip ?? record.context?.location} onFilter={filterBy('ip')} />
          <Fact label="URL" value={record.context?.url} />
          <Fact label="User agent" value={record.context?.user_agent} />
          <Fact label="Session" value={record.context?.session_id} />
          <Fact label="Request" value={record.context?.request_id} />
        </Facts>
      </Section>
      <Result record={record} filterBy={filterBy} />
      {record.changes && record.changes.length > 0 && (
        <Section title="Before and after">
          <ChangeTable changes={record.changes} />
        </Section>
      )}
      <More record={record} />
      <RawRecord line={line} />
    </div>
  );
}

function EntrySentence({ record }: { record: Record }) {
  const { actor, joint, verb, targets, area, failed } = sentenceOf(record);
  const now = useNow();
  return (
    <div>
      <p className={styles.sentence}>
        <strong>
          <OutsideText>{actor}</OutsideText>
        </strong>
        {joint}
        <OutsideText>{verb}</OutsideText>
        {targets.map((name, i) => (
          <span key={i}>
            {i === 0 ? ' ' : ', '}
            <em>
              <OutsideText>{name}</OutsideText>
            </em>
          </span>
        ))}
        {area && (
          <>
            {' in '}
            <OutsideText>{area}</OutsideText>
          </>
        )}
        {failed ? ', which failed.' : '.'}
      </p>
      <p className="dim figures">
        <time dateTime={record.occurred_at}>{formatExact(record.occurred_at)} UTC</time>, {formatRelative(record.occurred_at, now)}
      </p>
    </div>
  );
}

interface PartProps {
  record: Record;
  filterBy: (key: string) => (value: string) => void;
}

function What({ record, filterBy }: PartProps) {
  return (
    <Section title="What">
      <Facts>
        <Fact label="Action" value={record.action_label} onFilter={filterBy('action')} />
        <Fact label="Action id" value={record.action} onFilter={filterBy('action')} />
        <Fact label="Area" value={record.area} onFilter={filterBy('area')} />
        <Fact label="Application" value={record.application} />
        <Fact label="Category" value={record.category && categories[record.category]} onFilter={() => filterBy('category')(record.category ?? '')} />
        <Fact label="Kind of access" value={record.crud} />
        {record.targets?.map((target, i) => (
          <Fact key={i} label={target.type ? `Affected ${target.type}` : 'Affected'} value={[target.name, target.id].filter(Boolean).join(' · ')} />
        ))}
      </Facts>
    </Section>
  );
}

const tones: { [K in NonNullable<Record['outcome']>]: Tone } = { success: 'good', failure: 'bad', unknown: 'quiet' };

function Result({ record, filterBy }: PartProps) {
  const { outcome, http_status: status, error } = record;
  if (outcome === undefined && status === undefined && !error) return null;
  return (
    <Section title="Result">
      <Facts>
        <Fact
          label="Outcome"
          value={outcome && outcomes[outcome]}
          shown={outcome && <StatusMark tone={tones[outcome]}>{outcomes[outcome]}</StatusMark>}
          onFilter={() => filterBy('outcome')(outcome ?? '')}
        />
        <Fact label="HTTP status" value={status === undefined ? undefined : describeStatus(status)} />
        <Fact label="Error" value={error?.code} />
        <Fact label="Message" value={error?.message} />
      </Facts>
    </Section>
  );
}

function More({ record }: { record: Record }) {
  const objects: [string, { [key: string]: unknown } | undefined][] = [
    ['', record.metadata],
    ['User: ', record.actor.metadata],
    ...(record.targets ?? []).map((target): [string, typeof target.metadata] => [`${target.type ?? 'Affected'}: `, target.metadata]),
  ];
  return (
    <Section title="More">
      <Facts>
        {objects.flatMap(([prefix, object], i) =>
          Object.entries(object ?? {}).map(([key, value]) => (
            <Fact key={`${i} ${key}`} label={prefix + key} value={typeof value === 'string' ? value : JSON.stringify(value)} />
          )),
        )}
        <Fact label="Received" value={`${formatDay(record.received_at)} ${formatExact(record.received_at).split(' ').at(-1) ?? ''} UTC`} />
        <Fact label="Entry number" value={String(record.seq)} />
        <Fact label="Entry id" value={record.id} />
        <Fact label="Sender's id" value={record.external_id} />
        <Fact label="Schema version" value={record.version === undefined ? undefined : String(record.version)} />
      </Facts>
    </Section>
  );
}

// The very bytes that are hashed, exported and delivered: wrapped by the window, never reformatted.
function RawRecord({ line }: { line: string }) {
  return (
    <Section title="Raw record" aside={<CopyButton text={line} label="Copy the raw record" />}>
      <ScrollArea.Autosize mah={320} type="auto" viewportProps={{ tabIndex: 0, 'aria-label': 'Text of the raw record', role: 'region' }}>
        <pre className={styles.raw}>{line}</pre>
      </ScrollArea.Autosize>
    </Section>
  );
}
