import { Button } from '@mantine/core';
import type { Person } from '~/api/types';
import { texts } from '~/texts/people';
import type { OperatorAction } from './operator-dialog';

const words = texts.list;

interface Props {
  person: Pick<Person, 'name' | 'disabled' | 'second_factor'>;
  onOperate: (kind: OperatorAction['kind']) => void;
}

// What only operators may do to a person, wherever that person is listed.
export function OperateButtons({ person, onOperate }: Props) {
  return (
    <>
      {person.second_factor && (
        <Button size="compact-xs" variant="default" aria-label={words.resetFactorOf(person.name)} onClick={() => onOperate('resetFactor')}>
          {words.resetFactor}
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        aria-label={person.disabled ? words.enablePerson(person.name) : words.disablePerson(person.name)}
        onClick={() => onOperate(person.disabled ? 'enable' : 'disable')}
      >
        {person.disabled ? words.enable : words.disable}
      </Button>
    </>
  );
}
