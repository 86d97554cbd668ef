import { Menu, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { Session } from '~/api/types';
import { texts } from '~/texts/frame';
import { ChevronIcon, PersonIcon } from '~/ui/icons';
import { OutsideText } from '~/ui/outside-text';
import { appearances, useAppearance, type Appearance } from './appearance';
import { useSignOut } from './use-sign-out';
import styles from './frame.module.css';

export function PersonMenu({ session, onShortcuts }: { session: Session; onShortcuts: () => void }) {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const [appearance, setAppearance] = useAppearance();
  return (
    <Menu position="bottom-end" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={styles.person} aria-label={texts.accountOf(session.person.name)}>
          <PersonIcon size={18} />
          <span className={styles.personName}>
            <OutsideText>{session.person.name}</OutsideText>
          </span>
          <ChevronIcon size={12} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.personMenu ?? ''}>
        <Menu.Label>
          <OutsideText>{session.person.email}</OutsideText>
        </Menu.Label>
        {!session.guest && <Menu.Item onClick={() => void navigate({ to: '/account' })}>{texts.account}</Menu.Item>}
        <Menu.Item onClick={onShortcuts}>{texts.shortcuts}</Menu.Item>
        <Menu.Divider />
        <Menu.Label>{texts.theme}</Menu.Label>
        <Menu.RadioGroup value={appearance} onChange={(value) => setAppearance(value as Appearance)}>
          {appearances.map((item) => (
            <Menu.RadioItem key={item} value={item}>
              {texts.themes[item]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{texts.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
