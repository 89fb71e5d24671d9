import type { FrameState } from 'ol/Map';
import { across, type Orientation, positiveDeg, wrapDeg } from '../sky/coordinates';
import type { Lines } from '../state/view';
import { galacticLines, type Line, type Point } from './galacticLines';
import { formatAngle, stepsDeg } from './graticuleSteps';
import type { Label, Labels } from './Labels';
import { placer } from './placer';
import { Sheet } from './Sheet';

/** Parts of the window that panels cover, CSS pixels: labels keep clear of them. */
export interface Insets {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** The colour bar, in the middle above what is at the bottom: its width and height. */
  bar: readonly [across: number, up: number];
}

export const UNCOVERED: Insets = { left: 0, right: 0, top: 0, bottom: 0, bar: [0, 0] };

/** Width of a label, CSS pixels. */
const LABEL = 44;

type Extent4 = [number, number, number, number];

/** Lines: on a dark page light ones, faintly edged, and the other way round. */
const INKS = {
  dark: { line: 'rgba(255,255,255,.5)', edge: 'rgba(0,0,0,.26)' },
  light: { line: 'rgba(18,26,40,.45)', edge: 'rgba(255,255,255,.22)' },
};

/** Lines of equal longitude and latitude, equatorial or galactic, with labels at the edges of the window. */
export class Graticule extends Sheet {
  lines: Lines = 'equatorial';
  orientation: Orientation = 'ra-left';
  scheme: 'light' | 'dark' = 'dark';
  insets = UNCOVERED;

  readonly #labels: Labels;

  /** `labels` are drawn after it, in the same frame. */
  constructor(labels: Labels) {
    super('graticule', 20);
    this.#labels = labels;
  }

  protected override draw(frame: FrameState): void {
    this.#labels.labels = this.#labelled(frame);
  }

  /** Draw the lines; return their labels. */
  #labelled(frame: FrameState): readonly Label[] {
    if (this.lines === 'equatorial') return this.#drawEquatorial(frame);
    if (this.lines === 'galactic') return this.#drawGalactic(frame);
    return [];
  }

  #drawEquatorial(frame: FrameState): Label[] {
    const place = placer(frame);
    const [width, height] = frame.size as [number, number];
    const [west, south, east, north] = frame.extent as [number, number, number, number];
    const step = stepsDeg(frame.viewState.resolution);
    const [top, bottom] = [place([0, Math.min(90, north)])[1], place([0, Math.max(-90, south)])[1]];
    const head = Math.max(top, this.insets.top);
    const meridians: Label[] = [];
    for (let i = Math.ceil(west / step.lon); i * step.lon <= east; i++) {
      const x = crisp(place([i * step.lon, 0])[0]);
      this.#line([
        [x, top],
        [x, bottom],
      ]);
      meridians.push({ at: [x, head + 14], text: this.#raLabel(i * step.lon, step.lon) });
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
    const { left, right } = this.insets;
    const isClear = ([x, y]: Point) =>
      y > head + 30 && y < height - this.insets.bottom - 6 && !this.#isOnBar([x, y], frame);
    return [
      ...meridians.filter(({ at: [x] }) => x > left + 30 && x < width - right - 20),
      ...parallels.filter(({ at }) => isClear(at)),
    ];
  }

  #raLabel(x: number, step: number): string {
    const raDeg = across(x, this.orientation);
    if (this.orientation === 'ra-left') return formatAngle(positiveDeg(Number(raDeg.toFixed(9))), step, false);
    return formatAngle(wrapDeg(Number(raDeg.toFixed(9))), step, false);
  }

  #drawGalactic(frame: FrameState): Label[] {
    const lines = galacticLines(frame.extent as Extent4, frame.viewState.resolution, this.orientation);
    return thinned(lines.flatMap((line) => this.#curve(frame, line)));
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
    const { pen } = this;
    pen.beginPath();
    for (const [i, [x, y]] of points.entries()) i ? pen.lineTo(x, y) : pen.moveTo(x, y);
    pen.strokeStyle = INKS[this.scheme].edge;
    pen.lineWidth = 3;
    pen.stroke();
    pen.strokeStyle = INKS[this.scheme].line;
    pen.lineWidth = 1;
    pen.stroke();
  }
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
