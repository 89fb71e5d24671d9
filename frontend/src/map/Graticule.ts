import Layer from 'ol/layer/Layer';
import type { FrameState } from 'ol/Map';
import { across, type Orientation, positiveDeg, wrapDeg } from '../sky/coordinates';
import type { Lines } from '../state/view';
import { fitCanvas, wipe } from './canvas';
import { galacticLines, type Line, type Point } from './galacticLines';
import { formatAngle, stepsDeg } from './graticuleSteps';

/** Parts of the window that panels cover, CSS pixels: labels keep clear of them. */
export interface Insets {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** What lies at the very top, from either side. */
  topLeft: number;
  topRight: number;
  /** The colour bar, in the middle above what is at the bottom: its width and height. */
  bar: readonly [across: number, up: number];
}

export const UNCOVERED: Insets = { left: 0, right: 0, top: 0, bottom: 0, topLeft: 0, topRight: 0, bar: [0, 0] };

/** Width of a label, CSS pixels. */
const LABEL = 44;

type Extent4 = [number, number, number, number];

/** Lines and letters: on a dark page light ones, faintly edged, and the other way round. */
const INKS = {
  dark: { line: 'rgba(255,255,255,.5)', edge: 'rgba(0,0,0,.26)', text: '#fff', halo: 'rgba(0,0,0,.72)' },
  light: { line: 'rgba(18,26,40,.45)', edge: 'rgba(255,255,255,.22)', text: '#10161f', halo: 'rgba(255,255,255,.85)' },
};

/** Lines of equal longitude and latitude, equatorial or galactic, with labels at the edges of the window. */
export class Graticule extends Layer {
  lines: Lines = 'equatorial';
  orientation: Orientation = 'ra-left';
  scheme: 'light' | 'dark' = 'dark';
  insets = UNCOVERED;
  isLabelled = true;

  readonly #canvas = document.createElement('canvas');
  readonly #pen = this.#canvas.getContext('2d')!;

  constructor() {
    super({ className: 'graticule', zIndex: 20 });
    Object.assign(this.#canvas.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    this.#canvas.setAttribute('aria-hidden', 'true');
  }

  // Without a source, a layer counts as not ready and is never drawn.
  override getSourceState(): 'ready' {
    return 'ready';
  }

  override render(frame: FrameState | null): HTMLElement {
    if (frame) {
      this.#clear(frame);
      if (this.lines === 'equatorial') this.#drawEquatorial(frame);
      if (this.lines === 'galactic') this.#drawGalactic(frame);
    }
    return this.#canvas;
  }

  #clear({ size, pixelRatio }: FrameState): void {
    fitCanvas(this.#canvas, size[0]!, size[1]!, pixelRatio);
    const pen = this.#pen;
    wipe(pen, size[0]!, size[1]!, pixelRatio);
    pen.font = '500 11px "Inter Variable", ui-sans-serif, system-ui, sans-serif';
  }

  #drawEquatorial(frame: FrameState): void {
    const place = placer(frame);
    const [width, height] = frame.size as [number, number];
    const [west, south, east, north] = frame.extent as [number, number, number, number];
    const step = stepsDeg(frame.viewState.resolution);
    const [top, bottom] = [place([0, Math.min(90, north)])[1], place([0, Math.max(-90, south)])[1]];
    const meridians: Label[] = [];
    for (let i = Math.ceil(west / step.lon); i * step.lon <= east; i++) {
      const x = crisp(place([i * step.lon, 0])[0]);
      this.#line([
        [x, top],
        [x, bottom],
      ]);
      meridians.push({ at: [x, Math.max(top, this.insets.top) + 14], text: this.#raLabel(i * step.lon, step.lon) });
    }
    const parallels: Label[] = [];
    for (let j = Math.ceil(Math.max(-90, south) / step.lat); j * step.lat <= Math.min(90, north) + 1e-9; j++) {
      const y = crisp(place([0, j * step.lat])[1]);
      this.#line([
        [0, y],
        [width, y],
      ]);
      parallels.push({
        at: [this.insets.left + 8, y - 4],
        text: formatAngle(j * step.lat, step.lat, true),
        align: 'left',
      });
    }
    const [from, to] = [
      Math.max(this.insets.left, this.insets.topLeft),
      Math.max(this.insets.right, this.insets.topRight),
    ];
    this.#write(meridians.filter(({ at: [x] }) => x > from + 30 && x < width - to - 20));
    const isClear = ([x, y]: Point) =>
      y > this.insets.top + 30 && y < height - this.insets.bottom - 6 && !this.#isOnBar([x, y], frame);
    this.#write(parallels.filter(({ at }) => isClear(at)));
  }

  #raLabel(x: number, step: number): string {
    const raDeg = across(x, this.orientation);
    if (this.orientation === 'ra-left') return formatAngle(positiveDeg(Number(raDeg.toFixed(9))), step, false);
    return formatAngle(wrapDeg(Number(raDeg.toFixed(9))), step, false);
  }

  #drawGalactic(frame: FrameState): void {
    const lines = galacticLines(frame.extent as Extent4, frame.viewState.resolution, this.orientation);
    this.#write(thinned(lines.flatMap((line) => this.#curve(frame, line))));
  }

  /** Draw one galactic line in every copy of the sky in view; return a label for where it enters the window. */
  #curve(frame: FrameState, { text, points }: Line): Label[] {
    const place = placer(frame);
    const [west, , east] = frame.extent as Extent4;
    const labels: Label[] = [];
    const along = points.map(([x]) => x);
    const [first, last] = [(west - Math.max(...along)) / 360, (east - Math.min(...along)) / 360];
    for (let turn = Math.ceil(first); turn <= last; turn++) {
      const line = points.map(([x, y]) => place([x + 360 * turn, y]));
      this.#line(line);
      const seen = line.find((point) => this.#isClear(point, frame));
      if (seen) labels.push({ at: [seen[0] + 4, seen[1] - 4], text, align: 'left' });
    }
    return labels;
  }

  #isClear([x, y]: Point, frame: FrameState): boolean {
    const { size } = frame;
    const { left, right, top, bottom } = this.insets;
    const isInside = x > left + 10 && x < size[0]! - right - 50 && y > top + 24 && y < size[1]! - bottom - 10;
    return isInside && !this.#isOnBar([x, y], frame);
  }

  /** Whether a label that begins at a place would lie under the colour bar. */
  #isOnBar([x, y]: Point, { size }: FrameState): boolean {
    const [across, up] = this.insets.bar;
    const middle = x + LABEL / 2 - size[0]! / 2;
    return y > size[1]! - this.insets.bottom - up && Math.abs(middle) < (across + LABEL) / 2;
  }

  #line(points: readonly Point[]): void {
    const pen = this.#pen;
    pen.beginPath();
    for (const [i, [x, y]] of points.entries()) i ? pen.lineTo(x, y) : pen.moveTo(x, y);
    pen.strokeStyle = INKS[this.scheme].edge;
    pen.lineWidth = 3;
    pen.stroke();
    pen.strokeStyle = INKS[this.scheme].line;
    pen.lineWidth = 1;
    pen.stroke();
  }

  #write(labels: readonly Label[]): void {
    if (!this.isLabelled) return;
    const pen = this.#pen;
    pen.lineJoin = 'round';
    pen.lineWidth = 3;
    pen.strokeStyle = INKS[this.scheme].halo;
    pen.fillStyle = INKS[this.scheme].text;
    for (const { at, text, align } of labels) {
      pen.textAlign = align ?? 'center';
      pen.strokeText(text, ...at);
      pen.fillText(text, ...at);
    }
  }
}

interface Label {
  at: [number, number];
  text: string;
  align?: CanvasTextAlign;
}

/** From the plane to CSS pixels. */
function placer({ size, viewState: { center, resolution } }: FrameState): (at: Point) => [number, number] {
  return ([x, y]) => [size[0]! / 2 + (x - center[0]!) / resolution, size[1]! / 2 - (y - center[1]!) / resolution];
}

/** The middle of a pixel, so that a line one pixel wide stays one pixel wide. */
function crisp(pixels: number): number {
  return Math.floor(pixels) + 0.5;
}

/** Leave out labels that would lie on others. */
function thinned(labels: readonly Label[]): Label[] {
  const kept: Label[] = [];
  for (const label of labels) {
    const isFree = kept.every(({ at: [x, y] }) => Math.abs(x - label.at[0]) > 60 || Math.abs(y - label.at[1]) > 16);
    if (isFree) kept.push(label);
  }
  return kept;
}
