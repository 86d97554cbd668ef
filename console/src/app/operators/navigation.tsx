import { NavGroup } from '~/app/navigation';
import { texts } from '~/texts/frame';

// One NavLink for each of the operators' pages.
export function OperatorsNavigation() {
  return <NavGroup title={texts.operations} />;
}
