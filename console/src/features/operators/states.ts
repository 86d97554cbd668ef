import type { DestinationState } from '~/api/operator-types';
import type { Tone } from '~/ui/status-mark';

const tones: Record<DestinationState, Tone> = {
  draft: 'quiet',
  validating: 'quiet',
  active: 'good',
  lagging: 'warn',
  retrying: 'warn',
  paused: 'quiet',
  suspended: 'bad',
  disabled: 'quiet',
};

export const toneOf = (state: DestinationState): Tone => tones[state];
