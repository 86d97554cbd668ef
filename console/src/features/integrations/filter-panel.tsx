import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import { ApiError, describeError } from '~/api/errors';
import type { Destination, DryRun } from '~/api/types';
import { formatDay } from '~/lib/time';
import { texts } from '~/texts/s3';
import { ErrorNotice } from '~/ui/error-notice';
import { Panel } from '~/ui/page';
import { emptyFilter, filterOf, listsOf, toggled, type FilterLists } from './filter-lists';
import { useDryRun, useSave } from './queries';
import { bodyOf, formOf } from './settings-form';
import { WordList } from './word-list';
import styles from './integrations.module.css';

const words = texts.filter;
const categories = Object.keys(words.categoryNames);

// Which entries go out; tried on a day that is over before it is saved.
export function FilterPanel({ org, destination }: { org: string; destination: Destination }) {
  const saved = listsOf(destination.filter);
  const [lists, setLists] = useState(saved);
  // Another filter on the server is what is shown, whoever saved it.
  const [seen, setSeen] = useState(JSON.stringify(saved));
  if (seen !== JSON.stringify(saved)) {
    setSeen(JSON.stringify(saved));
    setLists(saved);
  }
  const [tried, setTried] = useState<{ lists: FilterLists; run: DryRun } | null>(null);
  const save = useSave(org);
  const dryRun = useDryRun(org);
  const isDirty = JSON.stringify(filterOf(lists)) !== JSON.stringify(filterOf(saved));
  const change = (next: FilterLists) => {
    save.reset();
    setLists(next);
  };
  const tryIt = () => dryRun.mutate({ id: destination.id, filter: filterOf(lists) }, { onSuccess: (run) => setTried({ lists, run }) });
  // The whole set of settings is replaced: the others as they are saved.
  const keep = () => save.mutate({ id: destination.id, body: bodyOf({ ...formOf(destination), filter: filterOf(lists) }) });
  const error = save.error ?? dryRun.error;
  return (
    <Panel title={words.title}>
      <p className={styles.lead}>{words.lead}</p>
      <div className={styles.form}>
        <fieldset className={styles.fieldset}>
          <legend>{words.categories}</legend>
          <div className={styles.radios}>
            {categories.map((category) => (
              <Checkbox
                key={category}
                label={words.categoryNames[category]}
                checked={lists.categories.includes(category)}
                onChange={() => change({ ...lists, categories: toggled(lists.categories, category) })}
              />
            ))}
          </div>
          {lists.categories.length === 0 && <p className={`dim ${styles.small ?? ''}`}>{words.allCategories}</p>}
        </fieldset>
        <WordList org={org} field="action" label={words.actions} description={words.actionsHint} values={lists.actions} onChange={(actions) => change({ ...lists, actions })} />
        <WordList org={org} field="area" label={words.areas} description={words.areasHint} values={lists.areas} onChange={(areas) => change({ ...lists, areas })} />
      </div>
      {error && <ErrorNotice {...describeError(error)} requestId={error instanceof ApiError ? error.requestId : undefined} />}
      <p role="status" className={`figures ${styles.result ?? ''}`}>
        {tried && tried.lists === lists ? resultWords(tried.run) : ''}
      </p>
      <div className={styles.buttons}>
        <Button variant="default" loading={dryRun.isPending} onClick={tryIt}>
          {words.tryIt}
        </Button>
        <Button variant={isDirty ? 'filled' : 'default'} disabled={!isDirty} loading={save.isPending} onClick={keep}>
          {words.save}
        </Button>
        {filterOf(lists) !== null && (
          <Button variant="subtle" onClick={() => change(emptyFilter)}>
            {words.clear}
          </Button>
        )}
        <span role="status" className="dim">
          {save.isSuccess && !isDirty ? words.saved : ''}
        </span>
      </div>
    </Panel>
  );
}

const resultWords = ({ from, entries, withheld, bytes, about }: DryRun): string =>
  entries + withheld === 0 ? words.nothing(formatDay(from)) : words.result(formatDay(from), entries, withheld, bytes, about);
