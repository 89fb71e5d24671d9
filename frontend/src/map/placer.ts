import type { FrameState } from 'ol/Map';
import type { Point } from './galacticLines';

/** From the plane to CSS pixels. */
export function placer({ size, viewState: { center, resolution } }: FrameState): (at: Point) => [number, number] {
  return ([x, y]) => [size[0]! / 2 + (x - center[0]!) / resolution, size[1]! / 2 - (y - center[1]!) / resolution];
}
