import { Button } from '@mantine/core';
import { ApiError, describeError } from '~/api/errors';
import type { Check, Destination } from '~/api/types';
import { formatDuration } from '~/lib/time';
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
    <Panel title="Validation">
      <div className={styles.buttons}>
        <Button variant={passed ? 'default' : 'filled'} loading={validate.isPending} disabled={isDirty || !ready} onClick={() => validate.mutate(destination.id)}>
          Validate
        </Button>
        {canActivate && (
          <Button variant={passed ? 'filled' : 'default'} disabled={!passed} loading={activate.isPending} onClick={() => activate.mutate({ id: destination.id, verb: 'activate' })}>
            Activate
          </Button>
        )}
        <span className="dim">{hint}</span>
      </div>
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
      <div aria-live="polite" aria-busy={validate.isPending}>
        {validate.isPending && <p className="dim">Trying each permission against the bucket…</p>}
        {!validate.isPending && !isDirty && checks.length > 0 && (
          <ul className={styles.checks} aria-label="Checks">
            {checks.map((check, i) => (
              <CheckItem key={i} check={check} />
            ))}
          </ul>
        )}
      </div>
    </Panel>
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
  if (isDirty) return 'Save first: the validation is of the saved values.';
  if (!ready) return 'Save a bucket and a region first.';
  if (passed) return canActivate ? 'All checks passed: activate to start delivering.' : 'All checks passed.';
  if (fails) return 'A check fails: do what it says, then validate again.';
  return 'Tries each permission against your bucket, with a small test object.';
}

function CheckItem({ check }: { check: Check }) {
  const details = [check.duration_ms ? formatDuration(check.duration_ms) : null, check.request_id && `S3 request ${check.request_id}`].filter(Boolean);
  return (
    <li className={styles.check}>
      <StatusMark tone={check.ok ? 'good' : 'bad'}>
        {check.ok ? 'Works' : 'Fails'}: <strong className={styles.wrap}>{checkName(check.name)}</strong>
      </StatusMark>{' '}
      <small className="dim figures">{details.join(' · ')}</small>
      {check.detail && (
        <div>
          <OutsideText>{check.detail}</OutsideText>
        </div>
      )}
      {check.remedy && (
        <div className={styles.remedy}>
          What to do: <OutsideText>{check.remedy}</OutsideText> <CopyButton text={check.remedy} label={`Copy what to do about ${checkName(check.name)}`} />
        </div>
      )}
    </li>
  );
}
