import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { SessionOrg, View } from '~/api/types';
import { ViewsIcon } from '~/features/audit-logs/icons';
import type { Layout } from '~/features/audit-logs/list/layout';
import type { PageState } from '~/features/audit-logs/page-state';
import { texts } from '~/texts/audit-logs';
import { CheckIcon, ChevronIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { viewsQuery } from './queries';
import { currentView, layoutOf, searchFrom } from './view-settings';
import styles from './views.module.css';

const ManageViews = lazy(async () => ({ default: (await import('./manage-views')).ManageViews }));
const SaveView = lazy(async () => ({ default: (await import('./save-view')).SaveView }));

interface Props extends PageState {
  org: SessionOrg;
  layout: Layout;
  setLayout: (layout: Layout) => void;
}

// Saved searches: one's own, and those that others of the organization share.
export function ViewsMenu({ org, search, setSearch, layout, setLayout }: Props) {
  const [dialog, setDialog] = useState<'save' | 'manage' | null>(null);
  const views = useQuery(viewsQuery(org.id)).data ?? [];
  const current = currentView(views, search);
  const apply = (view: View) => {
    setSearch(searchFrom(view));
    setLayout(layoutOf(view, layout));
  };
  const group = (label: string, list: View[]) =>
    list.length > 0 && (
      <>
        <Menu.Label>{label}</Menu.Label>
        {list.map((view) => (
          <Menu.Item key={view.id} rightSection={view === current ? <CheckIcon size={12} /> : undefined} onClick={() => apply(view)}>
            <OutsideText>{view.name}</OutsideText> {!view.mine && <span className="dim">{texts.views.by(view.owner.name)}</span>}
          </Menu.Item>
        ))}
      </>
    );
  return (
    <>
      <Menu position="bottom-end" shadow="md" withinPortal={false}>
        <Menu.Target>
          <Button variant="default" leftSection={<ViewsIcon />} rightSection={<ChevronIcon size={12} />}>
            <span className={styles.name}>{current ? current.name : texts.views.button}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown aria-label={texts.views.button} className={styles.dropdown ?? ''}>
          {views.length === 0 && <p className={`${styles.none ?? ''} dim`}>{texts.views.none}</p>}
          {group(texts.views.own, views.filter(({ mine }) => mine))}
          {group(texts.views.shared, views.filter(({ mine }) => !mine))}
          <Menu.Divider />
          <Menu.Item onClick={() => setDialog('save')}>{texts.views.save}</Menu.Item>
          {views.some(({ mine }) => mine) && <Menu.Item onClick={() => setDialog('manage')}>{texts.views.manage}</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {dialog === 'save' && <SaveView org={org} search={search} layout={layout} onClose={() => setDialog(null)} />}
        {dialog === 'manage' && <ManageViews org={org} search={search} layout={layout} onClose={() => setDialog(null)} />}
      </Suspense>
    </>
  );
}
