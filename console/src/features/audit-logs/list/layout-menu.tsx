import { Button, Checkbox, Popover, SegmentedControl, UnstyledButton } from '@mantine/core';
import { ColumnsIcon } from '~/features/audit-logs/icons';
import { texts } from '~/texts/audit-logs';
import { ChevronIcon, UpIcon } from '~/ui/icons';
import { columnIds, defaultLayout, fixedColumns, moveColumn, toggleColumn, type ColumnId, type Layout } from './layout';
import styles from './layout-menu.module.css';

interface Props {
  layout: Layout;
  setLayout: (layout: Layout) => void;
}

const nameOf = (id: ColumnId): string => (id === 'date' ? texts.list.columns.date('UTC').replace(/ \(.*/, '') : texts.list.columns[id]);

// Which columns, in which order, and how dense.
export function LayoutMenu({ layout, setLayout }: Props) {
  const { columns, compact } = layout;
  const others = columnIds.filter((id) => !columns.includes(id));
  const set = (next: ColumnId[]) => setLayout({ ...layout, columns: next });
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button size="compact-sm" variant="default" leftSection={<ColumnsIcon size={14} />}>
          {texts.layout.button}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={texts.layout.button}>
        <div className={styles.menu}>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={texts.layout.density}
            value={compact ? 'compact' : 'comfortable'}
            onChange={(value) => setLayout({ ...layout, compact: value === 'compact' })}
            data={[
              { value: 'comfortable', label: texts.layout.comfortable },
              { value: 'compact', label: texts.layout.compact },
            ]}
          />
          <fieldset className={styles.columns}>
            <legend className="visually-hidden">{texts.layout.columns}</legend>
            {[...columns, ...others].map((id) => {
              const at = columns.indexOf(id);
              const name = nameOf(id);
              return (
                <div key={id} className={styles.column}>
                  <Checkbox size="xs" checked={at >= 0} disabled={fixedColumns.includes(id)} label={name} onChange={() => set(toggleColumn(columns, id))} />
                  {at >= 0 && (
                    <span>
                      <UnstyledButton className={styles.move} aria-label={texts.layout.up(name)} disabled={at === 0} onClick={() => set(moveColumn(columns, id, -1))}>
                        <UpIcon size={12} />
                      </UnstyledButton>
                      <UnstyledButton className={styles.move} aria-label={texts.layout.down(name)} disabled={at === columns.length - 1} onClick={() => set(moveColumn(columns, id, 1))}>
                        <ChevronIcon size={12} />
                      </UnstyledButton>
                    </span>
                  )}
                </div>
              );
            })}
          </fieldset>
          <Button size="compact-xs" variant="subtle" onClick={() => setLayout(defaultLayout)}>
            {texts.layout.reset}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
