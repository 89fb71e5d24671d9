/** The plane the map is drawn on: degrees across and degrees of Dec, endless across. */

import Projection from 'ol/proj/Projection';
import TileGridOfPlane from 'ol/tilegrid/TileGrid';
import { across, type Orientation, type Position } from '../sky/coordinates';
import { resolutionsDeg, type TileAddress, type TileGrid } from '../sky/grid';

/** Plate carrée. One turn wide, so that OpenLayers repeats it; x is RA, or minus RA where RA increases to the left. */
export const PLANE = new Projection({
  code: 'tilemaker:plate-carree',
  units: 'degrees',
  extent: [-180, -90, 180, 90],
  global: true,
  getPointResolution: (resolution) => resolution,
});

/** A position on the plane. */
export function toPlane({ raDeg, decDeg }: Position, orientation: Orientation): [number, number] {
  return [across(raDeg, orientation), decDeg];
}

export function fromPlane([x, y]: readonly number[], orientation: Orientation): Position {
  return { raDeg: across(x!, orientation), decDeg: y! };
}

/** A layer's tile pyramid, hung on the plane at exactly its own boxes. */
export function gridOnPlane(grid: TileGrid, orientation: Orientation): TileGridOfPlane {
  const west = orientation === 'ra-left' ? -(grid.westDeg + 360) : grid.westDeg;
  const north = grid.southDeg + 180;
  return new TileGridOfPlane({
    origin: [west, north],
    extent: [west, grid.southDeg, west + 360, north],
    resolutions: resolutionsDeg(grid),
    tileSize: grid.tileSize,
  });
}

/** Which tile of the pyramid OpenLayers means: it counts from the top left. */
export function addressOf(level: number, column: number, row: number, orientation: Orientation): TileAddress {
  const rows = 2 ** level;
  return { level, y: rows - 1 - row, x: orientation === 'ra-left' ? 2 * rows - 1 - column : column };
}
