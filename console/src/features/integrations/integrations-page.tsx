import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { SessionOrg } from '~/api/types';
import { texts } from '~/texts/integrations';
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
    <Page title={texts.title} intro={texts.intro(org.name)}>
      <ul className={styles.cards}>
        <li className={styles.card}>
          <div className={styles.cardIcon}>
            <BucketIcon size={24} />
          </div>
          <div>
            <h2 className={styles.cardTitle}>{s3Link(texts.s3)}</h2>
            <p>{texts.s3Line}</p>
            <p>{org.entitlements.s3 ? <CardState org={org.id} /> : <StatusMark tone="quiet">{texts.card.notEnabled}</StatusMark>}</p>
          </div>
        </li>
      </ul>
    </Page>
  );
}

function CardState({ org }: { org: string }) {
  const list = useQuery(destinationsQuery(org));
  if (list.isPending) return <Skeleton component="span" width={140} height={14} display="inline-block" />;
  if (list.isError) return <StatusMark tone="warn">{texts.card.unknown}</StatusMark>;
  const { tone, text } = cardWords(list.data.data);
  return <StatusMark tone={tone}>{text}</StatusMark>;
}
