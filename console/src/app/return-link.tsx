import type { Session } from '~/api/types';
import { texts } from '~/texts/frame';
import styles from './frame.module.css';

// The way back to the product that a portal link came from.
export function ReturnLink({ session }: { session: Session }) {
  const address = session.portal?.return_url;
  if (!address) return null;
  return (
    <a href={address} className={styles.return}>
      ‹ {texts.guest.back(new URL(address).host)}
    </a>
  );
}
