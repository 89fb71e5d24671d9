/** Lines of equal galactic longitude and latitude that cross a window. Pure. */

import { across, fromGalactic, type Orientation, toGalactic, wrapDeg } from '../sky/coordinates';
import { formatAngle, stepsDeg } from './graticuleSteps';

export type Point = readonly [number, number];

export interface Line {
  text: string;
  /** On the plane, each next to the one before: x may go beyond -180 and 180. */
  points: readonly Point[];
}

/** Points along a line, each a few pixels from the next. */
const SAMPLES = 160;
/** Places in the window, along each side, whose galactic coordinates are looked at. */
const PLACES = 12;
/** Lines of longitude are no closer where they meet, degrees. */
const AT_POLE_DEG = 15;
/** They end this far from the poles, degrees. */
const LAST_DEG = 88;

interface Range {
  from: number;
  to: number;
}

/** The lines in a part of the plane whose pixels are `resolutionDeg` wide. */
export function galacticLines(
  extent: readonly [number, number, number, number],
  resolutionDeg: number,
  orientation: Orientation,
): Line[] {
  const { lon, lat, isRound } = rangesIn(extent, orientation);
  const nearest = lat.from < 0 && lat.to > 0 ? 0 : Math.min(Math.abs(lat.from), Math.abs(lat.to));
  const squeeze = Math.max(0.05, Math.cos((nearest * Math.PI) / 180));
  const steps = { lat: stepsDeg(resolutionDeg).lat, lon: stepsDeg(resolutionDeg / squeeze).lon };
  if (isRound) steps.lon = Math.max(AT_POLE_DEG, steps.lon);
  const place = (lDeg: number, bDeg: number): Point => {
    const { raDeg, decDeg } = fromGalactic({ lDeg, bDeg });
    return [wrapDeg(across(raDeg, orientation)), decDeg];
  };
  const ends = { from: Math.max(-LAST_DEG, lat.from), to: Math.min(LAST_DEG, lat.to) };
  const longitudes = multiples(steps.lon, lon).filter((lDeg) => !isRound || lDeg < lon.to - 1e-9);
  return [
    ...longitudes.map((lDeg) => ({
      text: `l ${formatAngle(positive(lDeg), steps.lon, false)}`,
      points: sampled(ends, (bDeg) => place(lDeg, bDeg)),
    })),
    ...multiples(steps.lat, lat)
      .filter((bDeg) => Math.abs(bDeg) < 90 - 1e-9)
      .map((bDeg) => ({
        text: `b ${formatAngle(bDeg, steps.lat, true)}`,
        points: sampled(lon, (lDeg) => place(lDeg, bDeg)),
      })),
  ];
}

/** The longitudes and latitudes of what is in the window; all longitudes where a pole is, or almost. */
function rangesIn([west, south, east, north]: readonly [number, number, number, number], orientation: Orientation) {
  const isWide = east - west > 180;
  const galactic = (x: number, y: number) => {
    const decDeg = Math.max(-90, Math.min(90, y));
    return toGalactic({ raDeg: across(x, orientation), decDeg });
  };
  const middle = galactic((west + east) / 2, (south + north) / 2);
  const places = Array.from({ length: (PLACES + 1) ** 2 }, (_, i) => {
    const [u, v] = [(i % (PLACES + 1)) / PLACES, Math.floor(i / (PLACES + 1)) / PLACES];
    return galactic(west + u * (east - west), south + v * (north - south));
  });
  const lons = places.map(({ lDeg }) => wrapDeg(lDeg - middle.lDeg));
  const lats = places.map(({ bDeg }) => bDeg);
  const [left, right] = [Math.min(...lons), Math.max(...lons)];
  const isRound = isWide || right - left > 180;
  const lat = isRound ? widened(lats, 0.1, 90) : widened(lats, 0.1, Infinity);
  const lon = isRound ? { from: 0, to: 360 } : widened([middle.lDeg + left, middle.lDeg + right], 0.1, Infinity);
  return { lon, lat: isWide ? { from: -90, to: 90 } : lat, isRound };
}

/** From the least to the greatest, and a part of that more: the window was only looked at here and there. */
function widened(values: readonly number[], part: number, most: number): Range {
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const more = part * (to - from);
  // Where a pole may be, latitudes go up to it.
  if (most === 90) return { from: from < -60 ? -90 : from - more, to: to > 60 ? 90 : to + more };
  return { from: from - more, to: to + more };
}

function multiples(step: number, { from, to }: Range): number[] {
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

function sampled({ from, to }: Range, at: (deg: number) => Point): Point[] {
  return unwound(Array.from({ length: SAMPLES + 1 }, (_, i) => at(from + (i / SAMPLES) * (to - from))));
}

/** The same line without leaps from one side of the sky to the other. */
function unwound(points: readonly Point[]): Point[] {
  const line: Point[] = [];
  for (const [x, y] of points) {
    const before = line.at(-1)?.[0] ?? x;
    line.push([before + wrapDeg(x - before), y]);
  }
  return line;
}

function positive(deg: number): number {
  return ((deg % 360) + 360) % 360;
}
