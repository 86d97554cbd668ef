import { Button } from '@mantine/core';
import { ApiError, describeError } from '~/api/errors';
import type { Check, Destination } from '~/api/types';
import { formatDuration } from '~/lib/time';
import { texts } from '~/texts/integrations';
import { CopyButton } from '~/ui/copy-button';
import { ErrorNotice } from '~/ui/error-notice';
import { OutsideText } from '~/ui/outside-text';
import { Panel } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { useAct, type useValidate } from './queries';
import { checkName, isRunning } from './status';
import styles from './integrations.module.css';

interface Props {
  org: string;
  destination: Destination;
  validate: ReturnType<typeof useValidate>;
  isDirty: boolean;
}

export function ChecksPanel({ org, destination, validate, isDirty }: Props) {
  const activate = useAct(org);
  const checks = (validate.isSuccess ? validate.data.checks : destination.checks) ?? [];
  const isValidated = destination.validated ?? (checks.length > 0 && checks.every((check) => check.ok));
  const passed = !isDirty && isValidated;
  // Also while it runs on other values than those shown.
  const canActivate = destination.pending ?? !isRunning(destination.state);
  const ready = Boolean(destination.bucket && destination.region);
  const hint = hintOf({ isDirty, ready, passed, canActivate, fails: checks.some((check) => !check.ok) });
  const error = validate.error ?? activate.error;
  return (
    <Panel title={texts.validation.title}>
      <div className={styles.buttons}>
        <Button variant={passed ? 'default' : 'filled'} loading={validate.isPending} disabled={isDirty || !ready} onClick={() => validate.mutate(destination.id)}>
          {texts.validation.validate}
        </Button>
        {canActivate && (
          <Button variant={passed ? 'filled' : 'default'} disabled={!passed} loading={activate.isPending} onClick={() => activate.mutate({ id: destination.id, verb: 'activate' })}>
            {texts.validation.activate}
          </Button>
        )}
        <span className="dim">{hint}</span>
      </div>
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
      <div aria-live="polite" aria-busy={validate.isPending}>
        {validate.isPending && <p className="dim">{texts.validation.running}</p>}
        {!validate.isPending && !isDirty && <CheckList checks={checks} />}
      </div>
    </Panel>
  );
}

export function CheckList({ checks }: { checks: Check[] }) {
  if (checks.length === 0) return null;
  return (
    <ul className={styles.checks} aria-label={texts.validation.checksLabel}>
      {checks.map((check, i) => (
        <CheckItem key={i} check={check} />
      ))}
    </ul>
  );
}

interface Situation {
  isDirty: boolean;
  ready: boolean;
  passed: boolean;
  canActivate: boolean;
  fails: boolean;
}

function hintOf({ isDirty, ready, passed, canActivate, fails }: Situation): string {
  if (isDirty) return texts.validation.hints.dirty;
  if (!ready) return texts.validation.hints.notReady;
  if (passed) return canActivate ? texts.validation.hints.activate : texts.validation.hints.passed;
  if (fails) return texts.validation.hints.fails;
  return texts.validation.hints.begin;
}

function CheckItem({ check }: { check: Check }) {
  const details = [check.duration_ms ? formatDuration(check.duration_ms) : null, check.request_id && texts.validation.request(check.request_id)].filter(Boolean);
  return (
    <li className={styles.check}>
      <StatusMark tone={check.checked === false ? 'quiet' : check.ok ? 'good' : 'bad'}>
        {check.checked === false ? texts.validation.notChecked : check.ok ? texts.validation.works : texts.validation.fails}: <strong className={styles.wrap}>{checkName(check.name)}</strong>
      </StatusMark>{' '}
      <small className="dim figures">{details.join(' · ')}</small>
      {check.detail && (
        <div>
          <OutsideText>{check.detail}</OutsideText>
        </div>
      )}
      {check.remedy && (
        <div className={styles.remedy}>
          {texts.status.whatToDo} <OutsideText>{check.remedy}</OutsideText> <CopyButton text={check.remedy} label={texts.validation.copyRemedy(checkName(check.name))} />
        </div>
      )}
      {check.change && <Change name={checkName(check.name)} text={JSON.stringify(check.change, null, 2)} />}
    </li>
  );
}

// The smallest change of a policy that would mend it.
function Change({ name, text }: { name: string; text: string }) {
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        {texts.validation.change}
        <CopyButton text={text} label={texts.validation.copyChange(name)} />
      </figcaption>
      <pre className={styles.code} tabIndex={0} aria-label={texts.validation.change}>
        {text}
      </pre>
    </figure>
  );
}
