import { describe, expect, it, test } from 'vitest';
import { fromLink, sourceFromLink, toLink } from './link';
import { differenceKey, START, type View, withColour, withLayer, withReach } from './view';

const busy: View = {
  ...withColour(withLayer(withLayer(START, 'before'), 'my layer/2'), 'my layer/2', {
    cmap: 'RdBu_r',
    vmin: -1.5e-7,
    vmax: 300,
    stretch: 'asinh',
    absolute: true,
    inverted: true,
  }),
  camera: { centre: { raDeg: 359.123456, decDeg: -33.25 }, widthDeg: 0.0125 },
  orientation: 'ra-right',
  notation: 'galactic',
  lines: 'none',
  sourceGroups: ['a', 'b c'],
  boxes: false,
  hiddenRegions: ['c', 'd'],
  pictures: true,
  compare: { mode: 'swipe', divider: 0.25 },
  marks: [{ kind: 'aperture', id: 'link-0', raDeg: 1.5, decDeg: -2.25, radiusArcmin: 30 }],
};

describe('a link', () => {
  it('holds the whole view', () => expect(fromLink(toLink(busy))).toEqual(busy));
  it.each(['Vega', 'NGC 1, north', null])('holds the source on the card: %s', (name) => {
    const picked = { source: { ra: 279.234735, dec: -38.783689, name, extra: {} }, groupId: 'stars' };
    expect(sourceFromLink(toLink(START, picked))).toEqual(picked);
    expect(sourceFromLink(toLink(START))).toBeUndefined();
  });
  it.each(['beside', 'minus'] as const)('holds a comparison of the kind %s, with its colours', (mode) => {
    const shown: View = { ...START, layerId: 'a', previousId: 'b', compare: { mode, divider: 0.5 } };
    const coloured = withColour(shown, mode === 'minus' ? differenceKey('a', 'b') : 'a', { vmin: -3, vmax: 3 });
    expect(fromLink(toLink(coloured))).toEqual(coloured);
  });
  it.each(['swipe', 'beside', 'minus'] as const)(
    'holds the colours of the other layer, too, where it is %s',
    (mode) => {
      const shown: View = { ...START, layerId: 'a', previousId: 'b', compare: { mode, divider: 0.5 } };
      const both = withColour(shown, 'b', { cmap: 'gray', vmin: 0, vmax: 2, stretch: 'log', inverted: true });
      expect(fromLink(toLink(both))).toEqual(both);
    },
  );
  it('holds the layer that a blink shows', () => {
    const view = withLayer(withLayer(START, 'a'), 'b');
    expect(fromLink(toLink(view))).toEqual(view);
  });
  it('holds how far a difference reaches', () => {
    const shown: View = { ...START, layerId: 'a', previousId: 'b', compare: { mode: 'minus', divider: 0.5 } };
    const view = withReach(shown, differenceKey('a', 'b'), { edges: [], histogram: [], vmin: -7.25, vmax: 3 });
    expect(view.reaches).toEqual({ [differenceKey('a', 'b')]: 7.25 });
    expect(fromLink(toLink(view))).toEqual(view);
  });
  it('is empty at the start', () => expect(toLink(START)).toBe(''));
  it('reads as the start when it is empty', () => expect(fromLink('#')).toEqual(START));
  it('keeps the position to far less than a screen pixel', () => {
    const { camera } = fromLink(
      toLink({ ...busy, camera: { centre: { raDeg: 12.3456789012, decDeg: 0.1 }, widthDeg: 1e-3 } }),
    );
    expect(Math.abs(camera!.centre.raDeg - 12.3456789012)).toBeLessThan(1e-3 / 4000);
  });
});

test.each([
  '#layer=x&ra=foo&dec=2',
  '#stretch=evil&lines=9&sky=&vmin=NaN',
  '#%%%',
  '#ra=10',
  '#at=2&width=-1&ra=1&dec=100',
])('what makes no sense in %s is left out', (link) => {
  const view = fromLink(link);
  expect(view.lines).toBe('equatorial');
  expect(Object.values(view.colours)).toEqual([]);
  expect(view.camera?.centre.decDeg ?? 0).toBeLessThanOrEqual(90);
});
