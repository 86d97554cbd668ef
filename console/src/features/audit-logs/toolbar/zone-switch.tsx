import { SegmentedControl } from '@mantine/core';
import { texts } from '~/texts/audit-logs';
import { utc } from '~/lib/time';
import { useZone } from '~/ui/zone';

// "America/New_York" is "New York".
const placeOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');

// UTC, or the person's own zone with one click.
export function ZoneSwitch() {
  const { zone, own, show } = useZone();
  if (own === utc) return null;
  return (
    <SegmentedControl
      size="sm"
      aria-label={texts.zone.label}
      value={zone}
      onChange={show}
      data={[
        { value: utc, label: texts.zone.utc },
        { value: own, label: placeOf(own) },
      ]}
    />
  );
}
