import { Button } from '@mantine/core';
import { useState } from 'react';
import { copyText } from '~/lib/clipboard';
import { texts } from '~/texts/common';
import { CheckIcon, CopyIcon } from './icons';

type State = 'idle' | 'copied' | 'failed';

const words: Record<State, string> = { idle: texts.copy, copied: texts.copied, failed: texts.copyByHand };

export function CopyButton({ text, label }: { text: string; label: string }) {
  const [state, setState] = useState<State>('idle');
  const copy = async () => {
    setState((await copyText(text)) ? 'copied' : 'failed');
    setTimeout(() => setState('idle'), 2500);
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      leftSection={state === 'copied' ? <CheckIcon size={12} /> : <CopyIcon size={12} />}
      aria-label={state === 'idle' ? label : words[state]}
      onClick={() => void copy()}
    >
      <span aria-live="polite">{words[state]}</span>
    </Button>
  );
}
