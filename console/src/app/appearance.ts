import { useMantineColorScheme } from '@mantine/core';

export const appearances = ['auto', 'light', 'dark'] as const;
export type Appearance = (typeof appearances)[number];

// What the person chose; kept in this browser, "auto" follows the system. public/first.js reads it before the first paint.
export function useAppearance(): [Appearance, (next: Appearance) => void] {
  // Stopping transitions meanwhile would take a style element, which the content security policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return [colorScheme, setColorScheme];
}
