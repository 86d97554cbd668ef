import { useNavigate } from '@tanstack/react-router';
import type { Session, SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';
import { texts as operators } from '~/texts/operators';
import { appearances, useAppearance } from './appearance';
import { useSignOut } from './use-sign-out';

export interface PaletteItem {
  name: string;
  group: string;
  also?: string; // other names that it is found by
  run: () => void;
}

export function usePaletteItems(session: Session, org: SessionOrg | null): PaletteItem[] {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [, setAppearance] = useAppearance();
  const pages = org ? orgPages(org, navigate) : [];
  const operations = session.operator ? operatorPages(navigate) : [];
  const others = session.orgs
    .filter((item) => item.id !== org?.id)
    .map((item) => ({
      name: item.name,
      group: texts.groups.organizations,
      run: () => void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org: item.id } }),
    }));
  return [
    ...pages,
    ...operations,
    { name: texts.account, group: texts.groups.pages, run: () => void navigate({ to: '/account' }) },
    ...others,
    ...appearances.map((item) => ({ name: texts.themes[item], group: texts.theme, run: () => setAppearance(item) })),
    { name: texts.signOut, group: texts.groups.you, run: () => void signOut() },
  ];
}

function operatorPages(navigate: ReturnType<typeof useNavigate>): PaletteItem[] {
  const group = texts.operations;
  return [
    { name: operators.nav.orgs, group, run: () => void navigate({ to: '/operators/orgs' }) },
    { name: operators.nav.people, group, run: () => void navigate({ to: '/operators/people' }) },
    { name: operators.nav.keys, group, run: () => void navigate({ to: '/operators/keys' }) },
    { name: operators.nav.actions, group, run: () => void navigate({ to: '/operators/actions' }) },
    { name: operators.nav.packs, also: texts.dataPacksFormerly, group, run: () => void navigate({ to: '/operators/data-packs' }) },
    { name: operators.nav.masking, group, run: () => void navigate({ to: '/operators/masking' }) },
    { name: operators.nav.health, group, run: () => void navigate({ to: '/operators/health' }) },
  ];
}

function orgPages(org: SessionOrg, navigate: ReturnType<typeof useNavigate>): PaletteItem[] {
  const params = { org: org.id };
  const group = texts.groups.pages;
  return [
    { name: texts.auditLogs, group, run: () => void navigate({ to: '/orgs/$org/settings/audit-logs', params }) },
    { name: texts.downloads, group, run: () => void navigate({ to: '/orgs/$org/settings/audit-logs/downloads', params }) },
    { name: texts.integrations, group, run: () => void navigate({ to: '/orgs/$org/settings/integrations', params }) },
    { name: texts.s3, group, run: () => void navigate({ to: '/orgs/$org/settings/integrations/s3', params }) },
    { name: texts.dataPacks, also: texts.dataPacksFormerly, group, run: () => void navigate({ to: '/orgs/$org/settings/data-packs', params }) },
    { name: texts.people, group, run: () => void navigate({ to: '/orgs/$org/settings/people', params }) },
    { name: texts.signInSettings, group, run: () => void navigate({ to: '/orgs/$org/settings/people/sign-in', params }) },
  ];
}
