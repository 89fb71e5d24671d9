import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { boxOf, contains, resolutionsDeg, type TileAddress, type TileGrid } from './grid';

interface Case {
  name: string;
  grid: { pixel_deg: number; tile_size: number; levels: number; west_deg: number; south_deg: number };
  tiles: (TileAddress & { west_deg: number; east_deg: number; south_deg: number; north_deg: number })[];
  outside: TileAddress[];
}

/** The cases that the server's grid is tested with too, so that the two cannot part. */
const cases = JSON.parse(
  readFileSync(new URL('../../../tests/data/grid_cases.json', import.meta.url), 'utf8'),
) as Case[];

describe.each(cases)(
  'the grid of $name',
  ({ grid: { pixel_deg, tile_size, levels, west_deg, south_deg }, tiles, outside }) => {
    const grid: TileGrid = { pixelDeg: pixel_deg, tileSize: tile_size, levels, westDeg: west_deg, southDeg: south_deg };

    it.each(tiles)('has tile $level/$y/$x where the server has it', ({ level, y, x, ...box }) => {
      const at = { level, y, x };
      expect(contains(grid, at)).toBe(true);
      const { westDeg, eastDeg, southDeg, northDeg } = boxOf(grid, at);
      for (const [ours, theirs] of [
        [westDeg, box.west_deg],
        [eastDeg, box.east_deg],
        [southDeg, box.south_deg],
        [northDeg, box.north_deg],
      ] as const) {
        expect(Math.abs(ours - theirs)).toBeLessThan(1e-9);
      }
    });

    it.each(outside)('has no tile $level/$y/$x', (at) => expect(contains(grid, at)).toBe(false));

    it('goes round the sky at every level', () => {
      for (const [level, pixelDeg] of resolutionsDeg(grid).entries()) {
        expect(pixelDeg * tile_size * 2 ** (level + 1)).toBeCloseTo(360, 6);
      }
    });
  },
);
