import { Menu, UnstyledButton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionKey, signOut } from '~/api/session';
import type { Session } from '~/api/types';
import { texts } from '~/texts/frame';
import { ChevronIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import styles from './frame.module.css';

export function PersonMenu({ session }: { session: Session }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  // Whatever the server says, nothing of the session stays in this window.
  const leave = async () => {
    await signOut().catch(() => undefined);
    await navigate({ to: '/sign-in', replace: true });
    queries.clear();
    queries.setQueryData(sessionKey, null);
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <UnstyledButton className={styles.person} aria-label={texts.accountOf(session.person.name)}>
          <OutsideText>{session.person.name}</OutsideText>
          <ChevronIcon size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <OutsideText>{session.person.email}</OutsideText>
        </Menu.Label>
        <Menu.Item onClick={() => void leave()}>{texts.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
