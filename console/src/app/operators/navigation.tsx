import { ownOrg } from '~/api/looks';
import { NavGroup, NavLink } from '~/app/navigation';
import { texts as frame } from '~/texts/frame';
import { texts } from '~/texts/operators';

// One NavLink for each of the operators' pages.
export function OperatorsNavigation() {
  const { nav } = texts;
  return (
    <NavGroup title={frame.operations}>
      <NavLink to="/operators/orgs">{nav.orgs}</NavLink>
      <NavLink to="/operators/people">{nav.people}</NavLink>
      <NavLink to="/operators/keys">{nav.keys}</NavLink>
      <NavLink to="/operators/actions">{nav.actions}</NavLink>
      <NavLink to="/operators/data-packs">{nav.packs}</NavLink>
      <NavLink to="/operators/masking">{nav.masking}</NavLink>
      <NavLink to="/operators/health">{nav.health}</NavLink>
      <NavLink to="/orgs/$org/settings/audit-logs" params={{ org: ownOrg }}>
        {frame.ownTrail}
      </NavLink>
    </NavGroup>
  );
}
