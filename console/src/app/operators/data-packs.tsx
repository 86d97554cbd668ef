import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageTab, PageTabs } from '~/app/page-tabs';
import { FolderPage } from '~/features/data-packs/operators/folder-page';
import { NewPackPage, PackEditorPage } from '~/features/data-packs/operators/pack-editor';
import { AllPacksPage } from '~/features/data-packs/operators/packs-page';
import { AllRunsPage } from '~/features/data-packs/operators/runs-page';
import { SourcesPage } from '~/features/data-packs/operators/sources-page';
import { texts } from '~/texts/pack-operations';

const orgLink = (org: string, content: ReactNode) => (
  <Link to="/operators/orgs/$orgId" params={{ orgId: org }}>
    {content}
  </Link>
);
const packLink = (pack: string, content: ReactNode) => (
  <Link to="/operators/data-packs/packs/$packId" params={{ packId: pack }}>
    {content}
  </Link>
);
const folderLink = (source: string, content: ReactNode) => (
  <Link to="/operators/data-packs/folder" search={{ source }}>
    {content}
  </Link>
);
const back = <Link to="/operators/data-packs">{texts.pack.back}</Link>;

const tabs = (
  <PageTabs label={texts.tabs.label}>
    <PageTab to="/operators/data-packs">{texts.tabs.packs}</PageTab>
    <PageTab to="/operators/data-packs/sources">{texts.tabs.sources}</PageTab>
    <PageTab to="/operators/data-packs/folder">{texts.tabs.folder}</PageTab>
    <PageTab to="/operators/data-packs/runs">{texts.tabs.runs}</PageTab>
  </PageTabs>
);

export function AllPacksRoute() {
  const navigate = useNavigate();
  return <AllPacksPage tabs={tabs} packLink={packLink} orgLink={orgLink} onCreate={() => void navigate({ to: '/operators/data-packs/new' })} />;
}

export function NewPackRoute() {
  const navigate = useNavigate();
  return <NewPackPage back={back} onCreated={(packId) => void navigate({ to: '/operators/data-packs/packs/$packId', params: { packId } })} />;
}

export function PackEditorRoute() {
  const { packId = '' } = useParams({ strict: false });
  const navigate = useNavigate();
  return <PackEditorPage key={packId} id={packId} back={back} orgLink={orgLink} folderLink={folderLink} onGone={() => void navigate({ to: '/operators/data-packs' })} />;
}

export function FolderRoute() {
  const { source } = useSearch({ from: '/signed-in/operators/data-packs/folder' });
  const navigate = useNavigate();
  return <FolderPage tabs={tabs} source={source} setSource={(next) => void navigate({ to: '.', search: next === undefined ? {} : { source: next }, replace: true })} packLink={packLink} orgLink={orgLink} />;
}

export const SourcesRoute = () => <SourcesPage tabs={tabs} folderLink={folderLink} />;
export const AllRunsRoute = () => <AllRunsPage tabs={tabs} packLink={packLink} orgLink={orgLink} />;
