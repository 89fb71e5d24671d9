import { describe, expect, test } from 'vitest';
import { wrapDeg } from '../sky/coordinates';
import { boxOf, type TileGrid } from '../sky/grid';
import { addressOf, gridOnPlane } from './projection';

/** A node-centred map of half a degree, whose grid hangs a quarter of a degree off. */
const grid: TileGrid = { pixelDeg: 0.5, tileSize: 45, levels: 4, westDeg: -180.25, southDeg: -90.25 };

describe.each(['ra-left', 'ra-right'] as const)('the grid on the plane, %s', (orientation) => {
  const plane = gridOnPlane(grid, orientation);

  test.each([0, 1, 3])('puts every tile of level %i exactly where its box is', (level) => {
    for (let row = 0; row < 2 ** level; row++) {
      for (let column = 0; column < 2 ** (level + 1); column++) {
        const [west, south, east, north] = plane.getTileCoordExtent([level, column, row]) as [
          number,
          number,
          number,
          number,
        ];
        const box = boxOf(grid, addressOf(level, column, row, orientation));
        const [left, right] = orientation === 'ra-left' ? [-box.eastDeg, -box.westDeg] : [box.westDeg, box.eastDeg];
        expect(Math.abs(wrapDeg(west - left))).toBeLessThan(1e-9);
        expect(east - west).toBeCloseTo(right - left, 9);
        expect([south, north]).toEqual([expect.closeTo(box.southDeg, 9), expect.closeTo(box.northDeg, 9)]);
      }
    }
  });
});
