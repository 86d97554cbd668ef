// A field as far as it matters here; those of the document are.
export interface Field {
  readonly type: string;
  readonly value: string;
  readonly checked?: boolean;
  readonly isConnected: boolean;
}

const stateOf = (field: Field): string => (field.type === 'checkbox' || field.type === 'radio' ? String(field.checked) : field.value);

// The fields that a person has changed, for as long as they stand on the page. What they hold is looked at when it is
// asked for and kept nowhere.
export class TypedFields<F extends Field> {
  readonly #before = new WeakMap<F, string>();
  readonly #typed = new Set<F>();

  // Before anything is typed into it.
  entered(field: F): void {
    if (!this.#before.has(field)) this.#before.set(field, stateOf(field));
  }

  typed(field: F): void {
    this.#typed.delete(field); // the last one is the last in order
    this.#typed.add(field);
  }

  // The field that was changed last and still holds something else than before.
  last(): F | null {
    let last: F | null = null;
    for (const field of this.#typed) {
      if (!field.isConnected) this.#typed.delete(field);
      else if (this.#before.get(field) !== stateOf(field)) last = field;
    }
    return last;
  }
}

// Searching is no text to save.
const passing = '[type=search], [role=search] *, [data-passing], [data-passing] *';

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isInput = (target: EventTarget | null): target is Input =>
  (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) && !target.matches(passing);

// Follows what is typed on a page from now on. `onFirst`: called once, when something is.
export function followTyping(page: Document, onFirst: () => void): TypedFields<Input> {
  const fields = new TypedFields<Input>();
  let isFirst = true;
  page.addEventListener('focusin', ({ target }) => isInput(target) && fields.entered(target), true);
  page.addEventListener(
    'input',
    ({ target }) => {
      if (!isInput(target)) return;
      fields.typed(target);
      if (isFirst) onFirst();
      isFirst = false;
    },
    true,
  );
  return fields;
}
