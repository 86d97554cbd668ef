import { describe, expect, it } from 'vitest';
import type { WatchedFolderEntry } from '~/api/operator-types';
import { texts } from '~/texts/pack-operations';
import { countWords, inOrder, needsSomebody, remedyOf, setWords, toneOf } from './folder-words';

const now = Date.parse('2026-11-23T10:00:00Z');
const entry = (more: Partial<WatchedFolderEntry> = {}): WatchedFolderEntry => ({ path: 'nightly/acme/one', source: 'nightly', organization_id: 'acme', set: 'one', state: 'waiting', code: 'no_list', detail: '', since: '2026-11-23T09:59:00Z', ...more });

describe('needsSomebody', () => {
  it.each<[Partial<WatchedFolderEntry>, boolean]>([
    [{}, false],
    [{ code: 'not_quiet' }, false],
    [{ since: '2026-11-23T09:00:00Z' }, true], // a job that takes so long has stopped
    [{ code: 'disk_full' }, true],
    [{ code: 'no_permission' }, true],
    [{ state: 'refused', code: 'bad_name' }, true],
    [{ state: 'left', code: 'not_removed' }, true],
  ])('%j: %s', (more, needs) => expect(needsSomebody(entry(more), now)).toBe(needs));
});

it('shows by its mark what never goes on by itself', () => {
  expect(toneOf(entry(), now)).toBe('quiet');
  expect(toneOf(entry({ code: 'disk_full' }), now)).toBe('warn');
  expect(toneOf(entry({ state: 'left' }), now)).toBe('warn');
  expect(toneOf(entry({ state: 'refused' }), now)).toBe('bad');
});

it('lists what needs somebody first, the longest first', () => {
  const list = [entry({ path: 'new' }), entry({ path: 'old', since: '2026-11-23T08:00:00Z' }), entry({ path: 'older', since: '2026-11-23T07:00:00Z' }), entry({ path: 'refused', state: 'refused' }), entry({ path: 'also new' })];
  expect(inOrder(list, now).map(({ path }) => path)).toEqual(['refused', 'older', 'old', 'also new', 'new']);
});

describe('remedyOf', () => {
  // Those of docs/operating/data_packs_folder.md.
  const codes = ['no_list', 'list_cut', 'files_missing', 'sha256_differs', 'not_listed', 'not_quiet', 'disk_full', 'no_permission', 'unknown_source', 'unknown_organization', 'no_interval', 'bad_name', 'bad_list', 'not_a_file', 'not_a_folder', 'file_too_large', 'too_many_files', 'not_removed'];
  it.each(codes)('knows what to do about %s', (code) => expect(texts.folder.remedies[code]).toBeTruthy());
  it('says something of a reason that it does not know', () => expect(remedyOf(entry({ code: 'of_tomorrow' }))).toBe(texts.folder.otherRemedy.waiting));
});

describe('setWords', () => {
  it.each([
    ['20261123T060000Z', '23 Nov 2026 06:00 UTC'],
    ['2026-11-23T06:00:00Z', '23 Nov 2026 06:00 UTC'],
    ['november', 'november'],
    ['20261123', '20261123'],
  ])('%s: %s', (name, words) => expect(setWords(name)).toBe(words));
});

it('counts by state', () => {
  expect(countWords([])).toBe('');
  expect(countWords([entry(), entry(), entry({ state: 'refused' }), entry({ state: 'left' })])).toBe('1 refused, 1 not cleared away, 2 waiting');
});
