/** What is seen, as a picture to keep: the sky with its title above and its colour bar below. */

import { type Colour, fractionOf, warpOf } from '../state/colour';
import { printedUnit, sensible } from '../state/numbers';
import { ticksOf } from '../state/ticks';
import { COLOURS, palette } from './palettes';

/** One pane of the figure. */
export interface Plate {
  /** The sky as it is drawn, in pixels of the screen. */
  sky: HTMLCanvasElement;
  title: string;
  colour: Colour;
  units: string | null;
}

/** Heights of what stands above and below the sky, and the room between panes, CSS pixels. */
const HEAD = 44;
const FOOT = 64;
const GAP = 12;
const BAR = { height: 12, widest: 520, margin: 48 };
/** Ticks have at least this much of the bar to themselves. */
const ROOM = 0.13;
const INK = '#161c26';
const FONT = 'ui-sans-serif, system-ui, sans-serif';

/** Draw panes beside each other, on white. */
export function drawFigure(plates: readonly Plate[], pixelRatio: number): HTMLCanvasElement {
  const figure = document.createElement('canvas');
  const widths = plates.map(({ sky }) => sky.width / pixelRatio);
  const height = Math.max(...plates.map(({ sky }) => sky.height / pixelRatio));
  figure.width = pixelRatio * (widths.reduce((sum, width) => sum + width, 0) + GAP * (plates.length - 1));
  figure.height = pixelRatio * (HEAD + height + FOOT);
  const pen = figure.getContext('2d')!;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, figure.width, figure.height);
  pen.scale(pixelRatio, pixelRatio);
  for (const [i, plate] of plates.entries()) {
    drawPlate(pen, plate, widths[i]!, height);
    pen.translate(widths[i]! + GAP, 0);
  }
  return figure;
}

function drawPlate(pen: CanvasRenderingContext2D, plate: Plate, width: number, height: number): void {
  pen.drawImage(plate.sky, 0, HEAD, width, height);
  pen.fillStyle = INK;
  pen.font = `600 16px ${FONT}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(plate.title, width / 2, HEAD / 2, width - 16);
  drawBar(pen, plate, width, HEAD + height + 14);
}

function drawBar(pen: CanvasRenderingContext2D, { colour, units }: Plate, width: number, top: number): void {
  const length = Math.min(BAR.widest, width - 2 * BAR.margin);
  const left = (width - length) / 2;
  const warp = warpOf(colour);
  drawColours(pen, colour, warp.turned !== colour.inverted, { left, top, length });
  pen.strokeStyle = pen.fillStyle = INK;
  pen.lineWidth = 0.5;
  pen.strokeRect(left, top, length, BAR.height);
  pen.font = `12px ${FONT}`;
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
