import { describe, expect, it, test } from 'vitest';
import { levelNear, tilesOver } from './cover';
import { boxOf, type TileGrid } from './grid';

const grid: TileGrid = { pixelDeg: 0.25, tileSize: 90, levels: 4, westDeg: -180, southDeg: -90 };
/** The same sky, half a pixel further east and in smaller tiles. */
const other: TileGrid = { ...grid, tileSize: 45, levels: 5, westDeg: -179.875 };

describe('a tile', () => {
  it('is covered by itself alone in a grid like its own', () => {
    const at = { level: 3, y: 5, x: 2 };
    expect(tilesOver(grid, 3, boxOf(grid, at))).toEqual([at]);
  });

  it('is covered by its neighbours round the sky, too', () => {
    const columns = tilesOver(other, 3, boxOf(grid, { level: 3, y: 0, x: 0 })).map(({ x }) => x);
    expect([...new Set(columns)]).toEqual([15, 0]);
  });

  it('is covered by no tile twice, however wide it is', () => {
    const tiles = tilesOver(other, 1, { westDeg: -500, eastDeg: 500, southDeg: -90, northDeg: 90 });
    expect(new Set(tiles.map(({ x, y }) => `${x} ${y}`)).size).toBe(tiles.length);
    expect(tiles.length).toBe(8);
  });
});

test.each([
  [0.25, 3],
  [0.3, 3],
  [0.5, 2],
  [0.01, 3],
  [100, 0],
])('pixels of %f degrees are nearest to those of level %i', (side, level) => {
  expect(levelNear(grid, side)).toBe(level);
});
