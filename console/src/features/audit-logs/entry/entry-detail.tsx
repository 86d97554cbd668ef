import { Fragment } from 'react';
import { isVendorAccess } from '~/features/audit-logs/entry-values';
import type { PageState } from '~/features/audit-logs/page-state';
import type { Entry } from '~/features/audit-logs/queries';
import { describeStatus } from '~/lib/http-status';
import { formatExact, formatRelative, offsetName } from '~/lib/time';
import { texts as audit } from '~/texts/audit-logs';
import { texts } from '~/texts/entry';
import { OutsideText } from '~/ui/outside-text';
import { StatusMark, type Tone } from '~/ui/status-mark';
import { useNow } from '~/ui/use-now';
import { useZone } from '~/ui/zone';
import { Around } from './around';
import { ChangeTable } from './change-table';
import { Fact, Facts, Section } from './facts';
import { Proof } from './proof';
import { RawRecord } from './raw-record';
import { sentenceOf } from './sentence';
import styles from './entry-detail.module.css';

interface Props extends PageState {
  org: string;
  entry: Entry;
}

type Record = Entry['record'];

const exactly = (field: string, value: string | undefined) => (value === undefined ? undefined : { field, value: `=${value}` });
const plainly = (field: string, value: string | undefined) => (value === undefined ? undefined : { field, value });

export function EntryDetail({ org, entry: { record, line }, search, setSearch }: Props) {
  const { changes } = record;
  return (
    <div className={styles.detail}>
      <EntrySentence record={record} />
      {isVendorAccess(record) && <p className={styles.vendor}>{texts.vendor}</p>}
      <Who record={record} />
      <What record={record} />
      <WhereFrom record={record} />
      <Result record={record} />
      {changes && changes.length > 0 && (
        <Section title={texts.sections.changes}>
          <ChangeTable changes={changes} />
        </Section>
      )}
      <Around org={org} record={record} search={search} setSearch={setSearch} />
      <More record={record} />
      <Proof org={org} id={record.id} seq={record.seq} />
      <RawRecord line={line} />
    </div>
  );
}

function EntrySentence({ record }: { record: Record }) {
  const { actor, joint, verb, targets, area, failed } = sentenceOf(record);
  const now = useNow();
  const { zone } = useZone();
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
            {texts.sentence.in}
            <OutsideText>{area}</OutsideText>
          </>
        )}
        {failed ? texts.sentence.failed : texts.sentence.end}
      </p>
      <p className="dim figures">
        <time dateTime={record.occurred_at}>
          {formatExact(record.occurred_at, zone)} {offsetName(record.occurred_at, zone)}
        </time>
        {texts.sentence.ago(formatRelative(record.occurred_at, now))}
      </p>
    </div>
  );
}

function Who({ record: { actor } }: { record: Record }) {
  const { who } = texts;
  return (
    <Section title={texts.sections.who}>
      <Facts>
        <Fact label={who.name} value={actor.name} pick={exactly('actor', actor.name)} />
        <Fact label={who.username} value={actor.username} pick={exactly('actor', actor.username)} />
        <Fact label={who.email} value={actor.email} pick={exactly('actor', actor.email)} />
        <Fact label={who.id} value={actor.id} pick={exactly('actor', actor.id)} />
        <Fact label={who.role} value={actor.role} />
        <Fact label={who.type} value={actor.type} />
      </Facts>
    </Section>
  );
}

function What({ record }: { record: Record }) {
  const { what } = texts;
  const { category, crud } = record;
  return (
    <Section title={texts.sections.what}>
      <Facts>
        <Fact label={what.action} value={record.action_label} pick={exactly('action', record.action_label)} />
        <Fact label={what.actionId} value={record.action} pick={exactly('action', record.action)} />
        <Fact label={what.area} value={record.area} pick={exactly('area', record.area)} />
        <Fact label={what.application} value={record.application} pick={exactly('application', record.application)} />
        <Fact label={what.category} value={category && (audit.categories[category] ?? category)} pick={plainly('category', category)} />
        <Fact label={what.crud} value={crud && (audit.cruds[crud] ?? crud)} pick={plainly('crud', crud)} />
        {record.targets?.map(({ type, name, id }, i) => (
          <Fragment key={i}>
            <Fact label={what.affected(type)} value={name ?? id} pick={exactly('target', name ?? id)} />
            {name && <Fact label={what.targetId(type)} value={id} pick={exactly('target', id)} />}
          </Fragment>
        ))}
      </Facts>
    </Section>
  );
}

function WhereFrom({ record: { context } }: { record: Record }) {
  if (!context) return null;
  const { where } = texts;
  return (
    <Section title={texts.sections.where}>
      <Facts>
        <Fact label={where.ip} value={context.ip} pick={plainly('ip', context.ip)} />
        <Fact label={where.location} value={context.location} />
        <Fact label={where.url} value={context.url} />
        <Fact label={where.agent} value={context.user_agent} />
        <Fact label={where.session} value={context.session_id} pick={plainly('session', context.session_id)} />
        <Fact label={where.request} value={context.request_id} pick={plainly('request', context.request_id)} />
      </Facts>
    </Section>
  );
}

const tones: { [K in NonNullable<Record['outcome']>]: Tone } = { success: 'good', failure: 'bad', unknown: 'quiet' };

function Result({ record: { outcome, http_status: status, error } }: { record: Record }) {
  if (outcome === undefined && status === undefined && !error) return null;
  const { result } = texts;
  const word = outcome && (audit.outcomes[outcome] ?? outcome);
  return (
    <Section title={texts.sections.result}>
      <Facts>
        <Fact label={result.outcome} value={word} shown={outcome && <StatusMark tone={tones[outcome]}>{word}</StatusMark>} pick={plainly('outcome', outcome)} />
        <Fact label={result.status} value={status === undefined ? undefined : describeStatus(status)} pick={plainly('status', status?.toString())} />
        <Fact label={result.error} value={error?.code} />
        <Fact label={result.message} value={error?.message} />
      </Facts>
    </Section>
  );
}

type Members = { [key: string]: unknown } | undefined;

function More({ record }: { record: Record }) {
  const { more } = texts;
  const { zone } = useZone();
  const objects: [string | null, Members][] = [
    [null, record.metadata],
    [more.user, record.actor.metadata],
    ...(record.targets ?? []).map((target): [string, Members] => [target.type ?? more.affected, target.metadata]),
  ];
  return (
    <Section title={texts.sections.more}>
      <Facts>
        {objects.flatMap(([whose, object], i) =>
          Object.entries(object ?? {}).map(([key, value]) => (
            <Fact
              key={`${i} ${key}`}
              label={whose === null ? key : more.of(whose, key)}
              value={typeof value === 'string' ? value : JSON.stringify(value)}
              shown={typeof value === 'object' && value !== null ? <pre className={styles.nested}>{JSON.stringify(value, null, 2)}</pre> : undefined}
            />
          )),
        )}
        <Fact label={more.received} value={`${formatExact(record.received_at, zone)} ${offsetName(record.received_at, zone)}`} />
        <Fact label={more.number} value={String(record.seq)} />
        <Fact label={more.id} value={record.id} pick={plainly('id', record.id)} />
        <Fact label={more.external} value={record.external_id} />
        <Fact label={more.version} value={record.version === undefined ? undefined : String(record.version)} />
      </Facts>
    </Section>
  );
}
