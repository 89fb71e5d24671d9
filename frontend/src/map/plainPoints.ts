/** Catalogues drawn by the processor, where there is no graphics card to do it. */

import type { FrameState } from 'ol/Map';
import { wipe } from './canvas';

/** One list, laid out as `Catalogue.vertices` does. */
export interface PlainList {
  vertices: Float32Array;
  colour: string;
  /** Radius of its rings, CSS pixels. */
  radius: number;
}

/** Below this radius a ring is a dot, CSS pixels. */
const DOT = 1.5;

/** Draw lists in every copy of the sky in the window; the canvas is as large as the window in pixels of the screen. */
export function drawPlain(pen: CanvasRenderingContext2D, lists: readonly PlainList[], frame: FrameState): void {
  const { pixelRatio, size, extent } = frame;
  wipe(pen, size[0]!, size[1]!, pixelRatio);
  const [west, , east] = extent as [number, number, number, number];
  for (const list of lists) {
    for (let turn = Math.floor((west + 180) / 360); turn <= Math.floor((east + 180) / 360); turn++) {
      drawList(pen, list, placesOf(list.vertices, 360 * turn, frame));
    }
  }
}

/** Where the points are that are in the window, CSS pixels. */
function placesOf(vertices: Float32Array, shiftDeg: number, { size, viewState }: FrameState): [number, number][] {
  const [width, height] = size as [number, number];
  const [x, y] = viewState.center as [number, number];
  const places: [number, number][] = [];
  for (let i = 0; i < vertices.length; i += 4) {
    const left = width / 2 + (vertices[i]! + vertices[i + 2]! + shiftDeg - x) / viewState.resolution;
    const top = height / 2 - (vertices[i + 1]! + vertices[i + 3]! - y) / viewState.resolution;
    if (left > -10 && left < width + 10 && top > -10 && top < height + 10) places.push([left, top]);
  }
  return places;
}

function drawList(pen: CanvasRenderingContext2D, { colour, radius }: PlainList, places: [number, number][]): void {
  pen.beginPath();
  for (const [x, y] of places) {
    if (radius < DOT) pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    else {
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  if (radius < DOT) {
    pen.fillStyle = colour;
    pen.fill();
    return;
  }
  for (const [style, width] of [
    ['rgba(0,0,0,.6)', 3.5],
    [colour, 1.75],
  ] as const) {
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.stroke();
  }
}
