/** Which values are written at a colour bar. */

import { type Colour, fractionOf, valueAt, type Warp, warpOf } from './colour';
import { ticks } from './numbers';

const MOST_TICKS = 5;

/** Round values that have at least `room` of the colour bar to themselves, a fraction of it. In increasing order. */
export function ticksOf(colour: Colour, room: number): number[] {
  const warp = warpOf(colour);
  const places: number[] = [];
  const isClear = (at: number) => at >= -0.001 && at <= 1.001 && places.every((other) => Math.abs(at - other) > room);
  const values = candidates(colour, warp).filter((value) => {
    const at = fractionOf(value, warp);
    const isWanted = isClear(at);
    if (isWanted) places.push(at);
    return isWanted;
  });
  return values.sort((a, b) => a - b);
}

/** Values to write, the more telling first. */
function candidates(colour: Colour, warp: Warp): number[] {
  if (warp.ranks) return [0, 0.25, 0.5, 0.75, 1].map((fraction) => Number(valueAt(fraction, warp).toPrecision(3)));
  return warp.curve === 'straight' ? ticks(colour.vmin, colour.vmax, MOST_TICKS) : decades(colour);
}

/** Zero, the limits themselves, then powers of ten of both signs from large to small. */
function decades({ vmin, vmax }: Colour): number[] {
  const [low, high] = [Math.min(vmin, vmax), Math.max(vmin, vmax)];
  const top = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-30)));
  const powers = Array.from({ length: 8 }, (_, i) => 10 ** (top - i)).flatMap((power) => [power, -power]);
  return [...new Set([0, low, high, ...powers])].filter((value) => value >= low && value <= high);
}
