import { visibleText } from '~/lib/visible-text';

// Text that came from outside: isolated in direction, hidden characters written out.
export function OutsideText({ children }: { children: string }) {
  return <bdi>{visibleText(children)}</bdi>;
}
