import { PasswordInput, type PasswordInputProps } from '@mantine/core';
import { texts } from '~/texts/common';

// A password to type, with a switch to see it that keyboards reach.
export function SecretInput(props: PasswordInputProps) {
  return <PasswordInput withAsterisk={false} visibilityToggleButtonProps={{ 'aria-label': texts.showSecret, tabIndex: 0 }} {...props} />;
}
