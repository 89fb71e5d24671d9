import { describe, expect, it, test } from 'vitest';
import type { Source } from '../api/types';
import { columnsOf, matching, nextOrder, type Order, ordered } from './table';

const source = (name: string | null, ra: number, dec: number, extra: Source['extra'] = {}): Source => ({
  name,
  ra,
  dec,
  extra,
});
const LIST = [
  source('B 10', 10, -40, { Flux: 3, kind: 'radio' }),
  source('B 2', 350, 20, { Flux: 120, kind: 'Dusty galaxy' }),
  source(null, 180, 0, { kind: 7, seen: true }),
  source('a 7', 90, 5, { Flux: null }),
];
const COLUMNS = columnsOf(LIST);
const namesOf = (sources: readonly Source[]) => sources.map(({ name }) => name);

describe('columns', () => {
  it('begin with name and place, and hold whatever any source says', () => {
    expect(COLUMNS.map(({ title }) => title)).toEqual(['Name', 'RA', 'Dec', 'Flux', 'kind', 'seen']);
  });

  it('are of numbers when every value is', () => {
    expect(COLUMNS.filter(({ isNumber }) => isNumber).map(({ title }) => title)).toEqual(['RA', 'Dec', 'Flux']);
  });
});

test.each<[Order | undefined, (string | null)[]]>([
  [undefined, ['B 10', 'B 2', null, 'a 7']],
  [{ by: 'Name', isDown: false }, ['a 7', 'B 2', 'B 10', null]],
  [{ by: 'Name', isDown: true }, ['B 10', 'B 2', 'a 7', null]],
  [{ by: 'RA', isDown: false }, ['B 10', 'a 7', null, 'B 2']],
  [{ by: 'Flux', isDown: true }, ['B 2', 'B 10', null, 'a 7']],
  [{ by: 'Flux', isDown: false }, ['B 10', 'B 2', null, 'a 7']],
  [{ by: 'no such column', isDown: false }, ['B 10', 'B 2', null, 'a 7']],
])('ordered %j', (order, names) => {
  expect(namesOf(ordered(LIST, COLUMNS, order))).toEqual(names);
});

test('a column goes up, then down, then as in the file', () => {
  const up = nextOrder(undefined, 'RA');
  expect(up).toEqual({ by: 'RA', isDown: false });
  expect(nextOrder(up, 'RA')).toEqual({ by: 'RA', isDown: true });
  expect(nextOrder({ by: 'RA', isDown: true }, 'RA')).toBeUndefined();
  expect(nextOrder(up, 'Dec')).toEqual({ by: 'Dec', isDown: false });
});

test.each([
  ['', 4],
  ['b', 2],
  ['b 10', 1],
  ['dusty GALAXY', 1],
  ['dec > 0', 2],
  ['dec>=0', 3],
  ['dec<−5', 1],
  ['flux>1 radio', 1],
  ['flux=120', 1],
  ['kind>3', 0],
  ['no such thing', 0],
])('%j is true of %i sources', (words, count) => {
  expect(matching(LIST, COLUMNS, words)).toHaveLength(count);
});

it('looks through and orders a hundred thousand sources in a moment', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => source(`S ${i}`, i / 300, (i % 180) - 90, { snr: i % 977 }));
  const columns = columnsOf(many);
  const began = performance.now();
  const found = ordered(matching(many, columns, 's snr>900'), columns, { by: 'Name', isDown: true });
  expect(found).toHaveLength(many.filter(({ extra }) => (extra.snr as number) > 900).length);
  expect(ordered(many, columns, { by: 'Name', isDown: true })[0]!.name).toBe('S 99999');
  // Generous: the machine may be busy.
  expect(performance.now() - began).toBeLessThan(5000);
});
