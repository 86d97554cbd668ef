import type { Destination } from '~/api/types';
import { texts } from '~/texts/integrations';
import { CopyButton } from '~/ui/copy-button';
import { Panel } from '~/ui/page';
import styles from './integrations.module.css';

// What the customer grants: the policy with their own values in it.
export function PolicyPanel({ destination }: { destination: Destination }) {
  const { auth, policy } = destination;
  const text = policy ? JSON.stringify(policy, null, 2) : '';
  const isOwnRole = auth.mode === 'customer_role';
  return (
    <Panel title={texts.policy.title}>
      <p className={styles.lead}>
        {isOwnRole
          ? texts.policy.ownRole
          : texts.policy.ourRole}
      </p>
      <dl className={styles.facts}>
        <Value label={texts.policy.principal} value={auth.principal} />
        <Value label={texts.policy.role} value={isOwnRole ? auth.role_arn : undefined} />
        <Value label={texts.policy.sessionName} value={auth.session_name} />
        <Value label={texts.policy.externalId} value={auth.external_id} />
      </dl>
      {text ? (
        <figure className={styles.figure}>
          <figcaption className={styles.caption}>
            {texts.policy.policy}
            <CopyButton text={text} label={texts.policy.copyPolicy} />
          </figcaption>
          <pre className={styles.code} tabIndex={0} aria-label={texts.policy.policy}>
            {text}
          </pre>
        </figure>
      ) : (
        <p className="dim">{texts.policy.later}</p>
      )}
    </Panel>
  );
}

function Value({ label, value }: { label: string; value: string | null | undefined }) {
  if (!value) return null;
  return (
    <div className={styles.fact}>
      <dt>{label}</dt>
      <dd>
        <code>{value}</code> <CopyButton text={value} label={texts.policy.copyValue(label)} />
      </dd>
    </div>
  );
}
