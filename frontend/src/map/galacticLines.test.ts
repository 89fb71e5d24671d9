import { describe, expect, test } from 'vitest';
import { across, toGalactic } from '../sky/coordinates';
import { galacticLines } from './galacticLines';

const WINDOW = [1200, 800] as const;

/** The part of the plane around a position. */
function around(raDeg: number, decDeg: number, widthDeg: number): [number, number, number, number] {
  const [x, half] = [across(raDeg, 'ra-left'), widthDeg / 2];
  const up = (half * WINDOW[1]) / WINDOW[0];
  return [x - half, decDeg - up, x + half, decDeg + up];
}

describe.each([
  ['far from everything', 100, 20],
  ['at the galactic north pole', 192.86, 27.13],
  ['at the galactic centre', 266.4, -28.94],
  ['at the south pole', 10, -89],
] as const)('a window %s', (_, ra, dec) => {
  test.each([360, 60, 8, 0.5, 0.02])('%f degrees wide is crossed by some lines, and not by too many', (widthDeg) => {
    const extent = around(ra, dec, widthDeg);
    const lines = galacticLines(extent, widthDeg / WINDOW[0], 'ra-left');
    const crossing = lines.filter(({ points }) =>
      points.some(
        ([x, y]) =>
          [-360, 0, 360].some((turn) => x + turn > extent[0] && x + turn < extent[2]) && y > extent[1] && y < extent[3],
      ),
    );
    expect(crossing.length).toBeGreaterThan(3);
    expect(lines.length).toBeLessThan(90);
  });
});

test.each([0, 100, 180, 300])('lines go on where the sky is cut open, about RA %d', (ra) => {
  for (const { points } of galacticLines(around(ra, 0, 360), 0.3, 'ra-left'))
    for (const [i, [x]] of points.entries()) expect(Math.abs(x - (points[i - 1]?.[0] ?? x))).toBeLessThan(90);
});

test('lines are where their names say', () => {
  for (const { text, points } of galacticLines(around(83, 22, 10), 10 / 1200, 'ra-right')) {
    const [letter, degrees] = [text[0], Number(text.slice(2).replace('−', '-').replace(/[+°]/g, ''))];
    for (const [x, y] of points) {
      const { lDeg, bDeg } = toGalactic({ raDeg: x, decDeg: y });
      expect(letter === 'l' ? lDeg : bDeg).toBeCloseTo(degrees, 6);
    }
  }
});
