import { Menu, UnstyledButton } from '@mantine/core';
import { Link, Outlet, useNavigate } from '@tanstack/react-router';
import { useSession } from '~/api/session';
import type { Session, SessionOrg } from '~/api/types';
import { ChevronIcon, GearIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { NotFoundPage } from './fallback-pages';
import { PersonMenu } from './person-menu';
import { useOrg } from './use-org';
import styles from './frame.module.css';

export function Frame() {
  const session = useSession();
  const org = useOrg();
  if (!session) return null;
  if (!org) return <NotFoundPage />;
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        Skip to the content
      </a>
      <header className={styles.header}>
        <OrgSwitch session={session} org={org} />
        <div className={styles.right}>
          <Link to="/orgs/$org/settings" params={{ org: org.id }} className={styles.gear ?? ''} aria-label="Settings" title="Settings">
            <GearIcon size={18} />
          </Link>
          <PersonMenu session={session} />
        </div>
      </header>
      <Navigation org={org} />
      <main id="main" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
    </div>
  );
}

function OrgSwitch({ session, org }: { session: Session; org: SessionOrg }) {
  const navigate = useNavigate();
  const name = (
    <>
      <img src="/favicon.svg" alt="" width={18} height={18} />
      <span className={styles.orgName}>
        <OutsideText>{org.name}</OutsideText>
      </span>
    </>
  );
  if (session.orgs.length === 1) return <div className={styles.org}>{name}</div>;
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <UnstyledButton className={styles.org} aria-label={`Organisation ${org.name}, switch`}>
          {name}
          <ChevronIcon size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {session.orgs.map((item) => (
          <Menu.Item
            key={item.id}
            aria-current={item.id === org.id || undefined}
            onClick={() => void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org: item.id } })}
          >
            <OutsideText>{item.name}</OutsideText>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Navigation({ org }: { org: SessionOrg }) {
  const params = { org: org.id };
  const active = { className: `${styles.link ?? ''} ${styles.current ?? ''}` };
  const link = { params, className: styles.link ?? '', activeProps: active };
  return (
    <nav aria-label="Settings" className={styles.nav}>
      <div className={styles.heading}>Settings</div>
      <div className={styles.group}>Security and Compliance</div>
      <Link to="/orgs/$org/settings/audit-logs" activeOptions={{ includeSearch: false }} {...link}>
        Audit Logs
      </Link>
      <div className={styles.gap} />
      <Link to="/orgs/$org/settings/integrations" {...link}>
        Integrations
      </Link>
    </nav>
  );
}
