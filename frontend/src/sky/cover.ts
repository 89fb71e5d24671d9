/** Which tiles of one pyramid lie over a tile of another. */

import { pixelSideDeg, type SkyBox, type TileAddress, type TileGrid } from './grid';

/** Neighbours that only touch are not over each other: this much of a tile is nothing. */
const TOUCH = 1e-6;

/** The level whose pixels are nearest in size to a side, degrees. */
export function levelNear(grid: TileGrid, sideDeg: number): number {
  const finer = Math.round(Math.log2(pixelSideDeg(grid, 0) / sideDeg));
  return Math.min(grid.levels - 1, Math.max(0, finer));
}

/** The tiles of a level that have a part of a box, each once; RA goes round. */
export function tilesOver(grid: TileGrid, level: number, box: SkyBox): TileAddress[] {
  const side = pixelSideDeg(grid, level) * grid.tileSize;
  const [rows, columns] = [2 ** level, 2 * 2 ** level];
  const [south, north] = span(box.southDeg - grid.southDeg, box.northDeg - grid.southDeg, side);
  const [west, east] = span(box.westDeg - grid.westDeg, box.eastDeg - grid.westDeg, side);
  const tiles: TileAddress[] = [];
  for (let y = Math.max(0, south); y <= Math.min(rows - 1, north); y++) {
    for (let x = west; x <= Math.min(east, west + columns - 1); x++) {
      tiles.push({ level, y, x: ((x % columns) + columns) % columns });
    }
  }
  return tiles;
}

/** The first and the last tile between two distances from the edge of the pyramid. */
function span(from: number, to: number, side: number): [number, number] {
  return [Math.floor(from / side + TOUCH), Math.ceil(to / side - TOUCH) - 1];
}
