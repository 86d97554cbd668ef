import { Code, Modal, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/operators';
import { CopyButton } from '~/ui/copy-button';
import { Failed } from './failed';
import { schemasQuery } from './queries';
import styles from './operators.module.css';

const words = texts.actions;

export function SchemasDialog({ action, onClose }: { action: string; onClose: () => void }) {
  const list = useQuery(schemasQuery(action));
  return (
    <Modal opened onClose={onClose} size="lg" title={words.schemasTitle(action)} closeButtonProps={{ 'aria-label': common.close }}>
      <div className={styles.form}>
        <p>{words.schemasText}</p>
        {list.isPending && <Skeleton height={120} />}
        {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
        {list.data?.data.length === 0 && <p className="dim">{words.noSchemas}</p>}
        {list.data?.data.map((item) => {
          const text = JSON.stringify(item.schema, null, 2);
          return (
            <section key={item.version} aria-label={words.schema(item.version)}>
              <div className={styles.secret}>
                <strong>{words.schemaMade(item.version, item.created_at)}</strong>
                <CopyButton text={text} label={words.copySchema(item.version)} />
              </div>
              <Code block className={styles.schema ?? ''} tabIndex={0}>
                {text}
              </Code>
            </section>
          );
        })}
      </div>
    </Modal>
  );
}
