import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { texts as common } from '~/texts/common';
import { texts } from '~/texts/frame';
import styles from './frame.module.css';

const { keys } = texts;

interface Group {
  title: string;
  rows: [combinations: string[][], meaning: string][];
}

const groups: Group[] = [
  {
    title: texts.shortcutsEverywhere,
    rows: [
      [[['Ctrl K'], ['⌘ K']], keys.palette],
      [[['g', 'a']], keys.goAudit],
      [[['g', 'i']], keys.goIntegrations],
      [[['g', 'p']], keys.goPeople],
      [[['g', 'm']], keys.goAccount],
      [[['?']], keys.help],
    ],
  },
  {
    title: texts.shortcutsList,
    rows: [
      [[['/']], keys.search],
      [[['j']], keys.next],
      [[['k']], keys.previous],
      [[['Enter']], keys.open],
      [[['Esc']], keys.close],
    ],
  },
];

export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={texts.shortcuts} closeButtonProps={{ 'aria-label': common.close }}>
      {groups.map(({ title, rows }) => (
        <section key={title} aria-label={title}>
          <h3 className={styles.keysTitle}>{title}</h3>
          <dl className={styles.keys}>
            {rows.map(([combinations, meaning]) => (
              <div key={meaning} className={styles.keyRow}>
                <dt>{meaning}</dt>
                <dd>
                  {combinations.map((presses, i) => (
                    <Fragment key={presses.join('+')}>
                      {i > 0 && <span className="dim"> {texts.or} </span>}
                      {presses.map((press, at) => (
                        <Fragment key={press}>
                          {at > 0 && <span className="dim"> {texts.then} </span>}
                          <Kbd>{press}</Kbd>
                        </Fragment>
                      ))}
                    </Fragment>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
}
