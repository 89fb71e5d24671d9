/** The tile pyramid: which part of the sky each tile shows. Twin of tilemaker/sky/grid.py. */

export interface SkyBox {
  /** Lowest RA, degrees; `west < east` always. */
  westDeg: number;
  eastDeg: number;
  southDeg: number;
  northDeg: number;
}

/** One tile: level 0 is the whole sky in two tiles; row 0 is south, column 0 starts at RA -180. */
export interface TileAddress {
  level: number;
  y: number;
  x: number;
}

export interface TileGrid {
  /** Side of a pixel at the finest level, degrees of coordinate. */
  pixelDeg: number;
  /** Pixels along a tile's side. */
  tileSize: number;
  /** Number of levels; the finest is `levels - 1`. */
  levels: number;
  /** RA of the western edge of column 0. */
  westDeg: number;
  /** Dec of the southern edge of row 0. */
  southDeg: number;
}

/** The side of a pixel at a level, degrees of coordinate. */
export function pixelSideDeg(grid: TileGrid, level: number): number {
  return grid.pixelDeg * 2 ** (grid.levels - 1 - level);
}

/** The sky a tile covers. */
export function boxOf(grid: TileGrid, at: TileAddress): SkyBox {
  const side = pixelSideDeg(grid, at.level) * grid.tileSize;
  const westDeg = grid.westDeg + at.x * side;
  const southDeg = grid.southDeg + at.y * side;
  return { westDeg, eastDeg: westDeg + side, southDeg, northDeg: southDeg + side };
}

export function contains(grid: TileGrid, at: TileAddress): boolean {
  const rows = at.level >= 0 && at.level < grid.levels ? 2 ** at.level : 0;
  return at.y >= 0 && at.y < rows && at.x >= 0 && at.x < 2 * rows;
}

/** The sides of a pixel at every level, coarsest first, degrees. */
export function resolutionsDeg(grid: TileGrid): number[] {
  return Array.from({ length: grid.levels }, (_, level) => pixelSideDeg(grid, level));
}
