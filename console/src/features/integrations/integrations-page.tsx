import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { BucketIcon } from '~/ui/icons';
import { Page } from '~/ui/page';
import { StatusMark } from '~/ui/status-mark';
import { destinationsQuery } from './queries';
import { cardWords } from './status';
import styles from './integrations.module.css';

interface Props {
  org: SessionOrg;
  s3Link: (content: ReactNode) => ReactNode;
}

export function IntegrationsPage({ org, s3Link }: Props) {
  return (
    <Page title="Integrations" intro={`Where ${org.name}'s audit logs and data packs are delivered by themselves.`}>
      <ul className={styles.cards}>
        <li className={styles.card}>
          <div className={styles.cardIcon}>
            <BucketIcon size={24} />
          </div>
          <div>
            <h2 className={styles.cardTitle}>{s3Link('Amazon S3')}</h2>
            <p>Audit logs as files in your own bucket, every hour or every day, for your SIEM and your archive.</p>
            <p>{org.entitlements.s3 ? <CardState org={org.id} /> : <StatusMark tone="quiet">Not enabled · see how to ask</StatusMark>}</p>
          </div>
        </li>
      </ul>
    </Page>
  );
}

function CardState({ org }: { org: string }) {
  const list = useQuery(destinationsQuery(org));
  if (list.isPending) return <Skeleton component="span" width={140} height={14} display="inline-block" />;
  if (list.isError) return <StatusMark tone="warn">The state is not known for the moment</StatusMark>;
  const { tone, text } = cardWords(list.data.data);
  return <StatusMark tone={tone}>{text}</StatusMark>;
}
