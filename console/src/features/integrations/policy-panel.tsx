import type { Destination } from '~/api/types';
import { CopyButton } from '~/ui/copy-button';
import { Panel } from '~/ui/page';
import styles from './integrations.module.css';

// What the customer grants: the policy with their own values in it.
export function PolicyPanel({ destination }: { destination: Destination }) {
  const { auth, policy } = destination;
  const text = policy ? JSON.stringify(policy, null, 2) : '';
  const isOwnRole = auth.mode === 'customer_role';
  return (
    <Panel title="Permissions">
      <p className={styles.lead}>
        {isOwnRole
          ? 'Your role must trust ours with the external id below, and be allowed to list the bucket and write under the path.'
          : 'Add this statement to the policy of your bucket. It lets one session of our role list the bucket and write under your path; nobody else can use it.'}
      </p>
      <dl className={styles.facts}>
        <Value label="Principal" value={auth.principal} />
        <Value label="Role" value={isOwnRole ? auth.role_arn : undefined} />
        <Value label="Session name" value={auth.session_name} />
        <Value label="External id" value={auth.external_id} />
      </dl>
      {text ? (
        <figure className={styles.figure}>
          <figcaption className={styles.caption}>
            Bucket policy
            <CopyButton text={text} label="Copy the bucket policy" />
          </figcaption>
          <pre className={styles.code} tabIndex={0} aria-label="Bucket policy">
            {text}
          </pre>
        </figure>
      ) : (
        <p className="dim">The policy shows here once a bucket is saved.</p>
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
        <code>{value}</code> <CopyButton text={value} label={`Copy the ${label.toLowerCase()}`} />
      </dd>
    </div>
  );
}
