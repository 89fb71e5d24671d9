import { describe, expect, it } from 'vitest';
import {
  colourKey,
  differenceKey,
  START,
  turnedRound,
  type View,
  withColour,
  withComparison,
  withLayer,
  withMark,
  withNextLines,
  withNextNotation,
  withOwnColour,
  withoutMark,
  withReach,
  withSources,
} from './view';

const two = withLayer(withLayer(START, 'a'), 'b');
const minus = withComparison(two, 'minus');
const counts = { edges: [-9, 9], histogram: [1], vmin: -2, vmax: 4 };

describe('another layer', () => {
  it('remembers the one before', () => expect([two.layerId, two.previousId]).toEqual(['b', 'a']));
  it('is none when it is the same', () => expect(withLayer(two, 'b')).toBe(two));
});

describe('a comparison', () => {
  it('needs a layer before', () => expect(withComparison(withLayer(START, 'a'), 'swipe').compare).toBeUndefined());
  it('ends when it is asked for again', () => expect(withComparison(minus, 'minus').compare).toBeUndefined());
  it('gives way to another', () => expect(withComparison(minus, 'swipe').compare?.mode).toBe('swipe'));
});

describe('the reach of a difference', () => {
  const key = colourKey(minus)!;
  const first = withReach(minus, key, counts);

  it('is that of the pixels seen first', () => {
    expect(key).toBe(differenceKey('b', 'a'));
    expect(first.reaches[key]).toBe(4);
    expect(withReach(first, key, { ...counts, vmax: 9 })).toBe(first);
  });
  it('is found anew when its own colours are asked for', () => {
    const again = withReach(withOwnColour(withColour(first, key, { vmin: 0 }), key), key, { ...counts, vmax: 9 });
    expect([again.colours[key], again.reaches[key]]).toEqual([undefined, 9]);
  });
  it('is not that of a layer', () => {
    expect(withReach(two, 'b', counts)).toBe(two);
    expect(withReach(minus, 'b', counts)).toBe(minus);
  });
  it('is something even where the two are the same', () =>
    expect(withReach(minus, key, { ...counts, vmin: 0, vmax: 0 }).reaches[key]).toBe(1));
});

describe('what goes round', () => {
  const times = (step: (view: View) => View, count: number) => Array.from({ length: count }).reduce<View>(step, START);

  it('comes back', () => {
    expect(times(withNextNotation, 3)).toEqual(START);
    expect(times(withNextLines, 3)).toEqual(START);
    expect(times(turnedRound, 2)).toEqual(START);
  });
});

it('shows a catalogue once, and no more when it is switched off', () => {
  const shown = withSources(withSources(START, 'x', true), 'x', true);
  expect(shown.sourceGroups).toEqual(['x']);
  expect(withSources(shown, 'x', false).sourceGroups).toEqual([]);
});

it('keeps a dozen apertures, and any number of boxes', () => {
  const aperture = (id: string) => ({ kind: 'aperture', id, raDeg: 0, decDeg: 0, radiusArcmin: 1 }) as const;
  const box = (id: string) =>
    ({ kind: 'box', id, name: id, westDeg: 0, eastDeg: 1, southDeg: 0, northDeg: 1 }) as const;
  const ids = Array.from({ length: 14 }, (_, i) => i);
  const view = ids.reduce((now, i) => withMark(withMark(now, aperture(`a${i}`)), box(`b${i}`)), START);
  expect(view.marks.filter(({ kind }) => kind === 'aperture').map(({ id }) => id)).toEqual(
    ids.slice(2).map((i) => `a${i}`),
  );
  expect(view.marks.filter(({ kind }) => kind === 'box').length).toBe(14);
  expect(
    withoutMark(withMark(view, { ...aperture('a5'), decDeg: 3 }), 'a6').marks.find(({ id }) => id === 'a5'),
  ).toMatchObject({ decDeg: 3 });
});
