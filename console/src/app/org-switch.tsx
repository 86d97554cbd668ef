import { Menu, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Session, SessionOrg } from '~/api/types';
import { texts } from '~/texts/frame';
import { ChevronIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import styles from './frame.module.css';

// From this many on the list of organizations has a search box.
const searchFrom = 8;

interface Props {
  session: Session;
  current: SessionOrg | null; // null: the operators' pages
}

export function OrgSwitch({ session, current }: Props) {
  const navigate = useNavigate();
  const shown = current?.name ?? texts.operations;
  const others = session.orgs.length + (session.operator ? 1 : 0);
  const name = (
    <>
      <img src="/favicon.svg" alt="" width={18} height={18} />
      <span className={styles.orgName}>
        <OutsideText>{shown}</OutsideText>
      </span>
    </>
  );
  if (others <= 1) return <div className={styles.org}>{name}</div>;
  return (
    <Menu position="bottom-start" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.org} aria-label={texts.orgSwitch(shown)}>
          {name}
          <ChevronIcon size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.orgList ?? ''}>
        {session.orgs.length >= searchFrom && <Menu.Search placeholder={texts.orgSearch} aria-label={texts.orgSearch} />}
        {session.operator && (
          <Menu.Item aria-current={current === null || undefined} onClick={() => void navigate({ to: '/operators' })}>
            {texts.operations}
          </Menu.Item>
        )}
        {session.orgs.map((item) => (
          <Menu.Item
            key={item.id}
            aria-current={item.id === current?.id || undefined}
            onClick={() => void navigate({ to: '/orgs/$org/settings/audit-logs', params: { org: item.id } })}
          >
            <OutsideText>{item.name}</OutsideText>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
