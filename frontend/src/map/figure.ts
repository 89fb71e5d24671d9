/** What is seen, as a picture to keep: the sky with its axes, its title above and its colour bar below. */

import { across, type Orientation, positiveDeg, wrapDeg } from '../sky/coordinates';
import { type Colour, fractionOf, warpOf } from '../state/colour';
import { printedUnit, sensible } from '../state/numbers';
import { ticksOf } from '../state/ticks';
import { formatAngle, stepsDeg } from './graticuleSteps';
import { FAMILY } from './nameText';
import { COLOURS, palette } from './palettes';

/** The sky as it is drawn. */
export interface Sky {
  /** In pixels of the screen. */
  canvas: HTMLCanvasElement;
  /** West, south, east and north on the plane, degrees. */
  extent: readonly [number, number, number, number];
  orientation: Orientation;
}

/** What is said of a layer. */
export interface Caption {
  title: string;
  colour: Colour;
  units: string | null;
}

/** One pane of the figure: with a caption, or with two of layers that are divided by a swipe. */
export interface Plate {
  sky: Sky;
  captions: readonly Caption[];
  /** Where the swipe divides them, as a fraction of the width. */
  divider?: number | undefined;
}

/** What stands around the sky, and the room between panes, CSS pixels. */
const HEAD = 44;
const FOOT = 104;
const LEFT = 62;
const RIGHT = 18;
const BAR = { height: 12, widest: 520, margin: 60, below: 58 };
/** Ticks have at least this much of the bar to themselves. */
const ROOM = 0.13;
const TICK = 5;
const INK = '#161c26';

/** Draw panes beside each other, on white. */
export function drawFigure(plates: readonly Plate[], pixelRatio: number): HTMLCanvasElement {
  const figure = document.createElement('canvas');
  const widths = plates.map(({ sky }) => sky.canvas.width / pixelRatio);
  const height = Math.max(...plates.map(({ sky }) => sky.canvas.height / pixelRatio));
  figure.width = pixelRatio * widths.reduce((sum, width) => sum + LEFT + width + RIGHT, 0);
  figure.height = pixelRatio * (HEAD + height + FOOT);
  const pen = figure.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, figure.width, figure.height);
  pen.scale(pixelRatio, pixelRatio);
  for (const [i, plate] of plates.entries()) {
    drawPlate(pen, plate, widths[i]!, height);
    pen.translate(LEFT + widths[i]! + RIGHT, 0);
  }
  return figure;
}

function drawPlate(
  pen: CanvasRenderingContext2D,
  { sky, captions, divider }: Plate,
  width: number,
  height: number,
): void {
  pen.save();
  pen.translate(LEFT, HEAD);
  pen.drawImage(sky.canvas, 0, 0, width, height);
  pen.fillStyle = pen.strokeStyle = INK;
  if (divider !== undefined) pen.fillRect(divider * width - 1, 0, 2, height);
  drawAxes(pen, sky, width, height);
  const room = width / captions.length;
  for (const caption of captions) {
    drawCaption(pen, caption, room, height);
    pen.translate(room, 0);
  }
  pen.restore();
}

/** Degrees of Dec at the left and of RA below. */
function drawAxes(pen: CanvasRenderingContext2D, { extent, orientation }: Sky, width: number, height: number): void {
  const [west, south, east, north] = extent;
  const step = stepsDeg((east - west) / width);
  pen.font = `12px ${FAMILY}`;
  pen.lineWidth = 1;
  pen.strokeRect(-0.5, -0.5, width + 1, height + 1);
  pen.textBaseline = 'middle';
  pen.textAlign = 'right';
  for (const dec of multiples(step.lat, Math.max(-90, south), Math.min(90, north))) {
    const y = (height * (north - dec)) / (north - south);
    pen.fillRect(-TICK, y - 0.5, TICK, 1);
    pen.fillText(formatAngle(dec, step.lat, true), -TICK - 3, y);
  }
  pen.textAlign = 'center';
  for (const x of multiples(step.lon, west, east)) {
    const ra = across(x, orientation);
    const place = (width * (x - west)) / (east - west);
    pen.fillRect(place - 0.5, height, 1, TICK);
    const turned = orientation === 'ra-left' ? positiveDeg(ra + 1e-9) : wrapDeg(ra + 1e-9);
    pen.fillText(formatAngle(turned, step.lon, false), place, height + TICK + 10);
  }
  pen.fillText('RA', width / 2, height + TICK + 27);
  pen.save();
  pen.translate(12 - LEFT, height / 2);
  pen.rotate(-Math.PI / 2);
  pen.fillText('Dec', 0, 0);
  pen.restore();
}

function multiples(step: number, from: number, to: number): number[] {
  const [first, last] = [Math.ceil(from / step - 1e-9), Math.floor(to / step + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

function drawCaption(pen: CanvasRenderingContext2D, caption: Caption, width: number, height: number): void {
  pen.fillStyle = INK;
  pen.font = `600 16px ${FAMILY}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(caption.title, width / 2, -HEAD / 2, width - 16);
  drawBar(pen, caption, width, height + BAR.below);
}

function drawBar(pen: CanvasRenderingContext2D, { colour, units }: Caption, width: number, top: number): void {
  const length = Math.min(BAR.widest, width - 2 * BAR.margin);
  const left = (width - length) / 2;
  const warp = warpOf(colour);
  drawColours(pen, colour, warp.turned !== colour.inverted, { left, top, length });
  pen.strokeStyle = pen.fillStyle = INK;
  pen.lineWidth = 0.5;
  pen.strokeRect(left, top, length, BAR.height);
  pen.font = `12px ${FAMILY}`;
  pen.textAlign = 'center';
  for (const value of ticksOf(colour, ROOM)) {
    const x = left + length * fractionOf(value, warp);
    pen.fillRect(x - 0.5, top + BAR.height, 1, 4);
    pen.fillText(sensible(value, 5), x, top + BAR.height + 13);
  }
  pen.textAlign = 'left';
  pen.fillText(printedUnit(units), left + length + 8, top + BAR.height / 2);
}

function drawColours(
  pen: CanvasRenderingContext2D,
  { cmap }: Colour,
  isTurned: boolean,
  { left, top, length }: { left: number; top: number; length: number },
): void {
  // One pixel for each colour, drawn out: strips would show their seams.
  const strip = document.createElement('canvas');
  strip.height = 1;
  strip.width = COLOURS;
  const colours = palette(cmap).slice();
  strip.getContext('2d')!.putImageData(new ImageData(new Uint8ClampedArray(colours.buffer), COLOURS, 1), 0, 0);
  pen.save();
  pen.imageSmoothingEnabled = false;
  pen.translate(isTurned ? left + length : left, top);
  pen.scale(isTurned ? -1 : 1, 1);
  pen.drawImage(strip, 0, 0, length, BAR.height);
  pen.restore();
}

/** Put all that a map has drawn into one canvas. To be called in the same breath as the drawing: the graphics card forgets. */
export function flattened(viewport: HTMLElement, pixelRatio: number, background: string): HTMLCanvasElement {
  const whole = viewport.getBoundingClientRect();
  const flat = document.createElement('canvas');
  flat.width = Math.round(whole.width * pixelRatio);
  flat.height = Math.round(whole.height * pixelRatio);
  const pen = flat.getContext('2d')!;
  pen.fillStyle = background;
  pen.fillRect(0, 0, flat.width, flat.height);
  pen.scale(pixelRatio, pixelRatio);
  for (const canvas of viewport.querySelectorAll<HTMLCanvasElement>('.ol-layers canvas')) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    if (canvas.width && canvas.height) pen.drawImage(canvas, left - whole.left, top - whole.top, width, height);
  }
  return flat;
}
