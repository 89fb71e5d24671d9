/** A list of sources as a table: its columns, its order, and what of it is wanted. Pure. */

import type { Source } from '../api/types';
import { positiveDeg } from '../sky/coordinates';
import { decimalsOf } from './numbers';

type Cell = string | number | null;

export interface Column {
  title: string;
  /** Every value that is there is a number. */
  isNumber: boolean;
  /** Digits after the point that all of its numbers are written with, where that makes sense. */
  decimals: number | undefined;
  of(source: Source): Cell;
}

export interface Order {
  /** The title of a column. */
  by: string;
  isDown: boolean;
}

/** A ten-thousandth of a degree is a third of an arcsecond. */
const PLACE_DECIMALS = 4;
/** As many rows as are looked at to see how a column is best written. */
const SAMPLE = 300;

const NAME: Column = { title: 'Name', isNumber: false, decimals: undefined, of: ({ name }) => name };
const PLACE: readonly Column[] = [
  { title: 'RA', isNumber: true, decimals: PLACE_DECIMALS, of: ({ ra }) => positiveDeg(ra) },
  { title: 'Dec', isNumber: true, decimals: PLACE_DECIMALS, of: ({ dec }) => dec },
];

/** Name and place first, then whatever any of the sources says of itself. */
export function columnsOf(sources: readonly Source[]): Column[] {
  const isNumber = new Map<string, boolean>();
  for (const { extra } of sources) {
    for (const [title, value] of Object.entries(extra)) {
      if (value !== null) isNumber.set(title, typeof value === 'number' && (isNumber.get(title) ?? true));
    }
  }
  const others = [...isNumber].map(([title, is]) => {
    const of = cellOf(title);
    const sample = is ? sources.slice(0, SAMPLE).map(of) : [];
    const decimals = is ? decimalsOf(sample.filter((value) => typeof value === 'number')) : undefined;
    return { title, isNumber: is, decimals, of };
  });
  return [NAME, ...PLACE, ...others];
}

const cellOf =
  (title: string) =>
  ({ extra }: Source): Cell => {
    const value = extra[title] ?? null;
    if (value === null || typeof value === 'number' || typeof value === 'string') return value;
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };

/** Sources in an order. Those that have nothing to go by come last, whichever way it runs. */
export function ordered(sources: readonly Source[], columns: readonly Column[], order: Order | undefined): Source[] {
  const column = columns.find(({ title }) => title === order?.by);
  if (!column || !order) return [...sources];
  const keyed = sources.map((source) => ({ source, key: keyOf(column.of(source), column.isNumber) }));
  const way = order.isDown ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    if (a.key === b.key) return 0;
    return a.key < b.key ? -way : way;
  });
  return keyed.map(({ source }) => source);
}

/** What to compare: numbers within text count as numbers, so that `B 2` comes before `B 10`. A collator takes ten times as long. */
function keyOf(cell: Cell, isNumber: boolean): Cell {
  if (cell === null || cell === '' || isNumber) return cell === '' ? null : cell;
  return String(cell)
    .toLowerCase()
    .replace(/\d+/g, (digits) => digits.padStart(12, '0'));
}

/** How a click on a column changes the order: up, down, as in the file. */
export function nextOrder(order: Order | undefined, by: string): Order | undefined {
  if (order?.by !== by) return { by, isDown: false };
  return order.isDown ? undefined : { by, isDown: true };
}

type Test = (source: Source) => boolean;

const COMPARISON = /^(.+?)(<=|>=|<|>|=)([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;
const COMPARED: Record<string, (value: number, limit: number) => boolean> = {
  '<': (value, limit) => value < limit,
  '>': (value, limit) => value > limit,
  '<=': (value, limit) => value <= limit,
  '>=': (value, limit) => value >= limit,
  '=': (value, limit) => value === limit,
};

/** The sources of which every word is true: text that occurs anywhere in the row, or a comparison such as `dec>-5`. */
export function matching(sources: readonly Source[], columns: readonly Column[], words: string): readonly Source[] {
  const tests = words
    .toLowerCase()
    .replace(/−/g, '-')
    .replace(/\s*(<=|>=|<|>|=)\s*/g, '$1')
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => testOf(word, columns));
  return tests.length ? sources.filter((source) => tests.every((test) => test(source))) : sources;
}

function testOf(word: string, columns: readonly Column[]): Test {
  const [, title, sign, limit] = COMPARISON.exec(word) ?? [];
  const column = columns.find((one) => one.isNumber && one.title.toLowerCase() === title);
  if (!column || !sign) return (source) => textOf(source).includes(word);
  const holds = COMPARED[sign]!;
  return (source) => {
    const value = column.of(source);
    return typeof value === 'number' && holds(value, Number(limit));
  };
}

/** Made once for each source: a hundred thousand of them are looked through at every letter. */
const TEXTS = new WeakMap<Source, string>();

function textOf(source: Source): string {
  const known = TEXTS.get(source);
  if (known !== undefined) return known;
  const text = [source.name ?? '', ...Object.values(source.extra).map(String)].join('\n').toLowerCase();
  TEXTS.set(source, text);
  return text;
}
