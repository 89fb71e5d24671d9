import type { FrameState } from 'ol/Map';
import { expect, it } from 'vitest';
import { drawPlain } from './plainPoints';

/** A pen that takes note of where it draws. */
function penOf() {
  const places: [number, number][] = [];
  const pen = {
    arc: (x: number, y: number) => places.push([x, y]),
    rect: (x: number, y: number) => places.push([x, y]),
  };
  const all = new Proxy(pen, { get: (own, name) => Reflect.get(own, name) ?? (() => undefined), set: () => true });
  return { pen: all as unknown as CanvasRenderingContext2D, places };
}

const frame = {
  pixelRatio: 1,
  size: [400, 200],
  extent: [160, -10, 200, 10],
  viewState: { center: [180, 0], resolution: 0.1 },
} as unknown as FrameState;

it('draws points where they are, on either side of the seam, and no others', () => {
  const { pen, places } = penOf();
  const vertices = Float32Array.from([170, 5, 0, 0, -170, -5, 0, 0, 0, 0, 0, 0, 175, 80, 0, 0]);
  drawPlain(pen, [{ vertices, colour: '#fff', radius: 6 }], frame);
  expect(places).toEqual([
    [100, 50],
    [300, 150],
  ]);
});
