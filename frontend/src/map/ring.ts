import { wrapDeg } from '../sky/coordinates';

/** How far to move what reaches from one x to another along the plane so that it begins in -180 to 180: once, or once at each end. */
export function turnsOf(left: number, right: number): number[] {
  const shift = wrapDeg(left) - left;
  return right + shift > 180 ? [shift, shift - 360] : [shift];
}
