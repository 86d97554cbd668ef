import { TextInput } from '@mantine/core';

interface Props {
  kind: 'app' | 'recovery' | 'either';
  label: string;
  description?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  autoFocus?: boolean;
}

// A code of the second factor. Six digits get the keyboard of digits and are filled in by the browser where it can.
export function CodeInput({ kind, label, description, value, onChange, error, autoFocus = false }: Props) {
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      inputMode={kind === 'app' ? 'numeric' : 'text'}
      autoComplete={kind === 'app' ? 'one-time-code' : 'off'}
      autoCapitalize="none"
      spellCheck={false}
      minLength={6}
      maxLength={32}
      required
      withAsterisk={false}
      autoFocus={autoFocus}
      className="figures"
    />
  );
}
