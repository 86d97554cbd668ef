import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { looksKey, type Look } from '~/api/looks';
import { formatRelative } from '~/lib/time';
import { texts } from '~/texts/operators';
import { useNow } from '~/ui/use-now';
import { Refused } from './failed';
import { useEndLook } from './queries';
import styles from './operators.module.css';

const words = texts.look;

// Over every page of a customer that an operator has open.
export function LookBar({ look, onEnded }: { look: Look; onEnded: () => void }) {
  const now = useNow(1000);
  const end = useEndLook(onEnded);
  const queries = useQueryClient();
  const isOver = Date.parse(look.expires_at) <= now;
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: looksKey });
  }, [isOver, queries]);
  return (
    <section className={styles.look} aria-label={words.region}>
      <div>
        <strong>{words.bar(look.org.name)}</strong>
        {words.barDetail(look.reason)}
        <Refused error={end.error} />
      </div>
      <div className={styles.lookEnd}>
        <span>{words.ends(formatRelative(look.expires_at, now))}</span>
        <Button size="compact-sm" variant="white" color="dark" loading={end.isPending} onClick={() => end.mutate(look.id)}>
          {words.end}
        </Button>
      </div>
    </section>
  );
}
