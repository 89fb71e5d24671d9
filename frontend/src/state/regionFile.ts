/** Drawn regions as a file that DS9 reads. */

import { positiveDeg } from '../sky/coordinates';
import { type BoxMark, type Mark, titleOf } from './marks';

/** The longest side of a polygon along RA, degrees: of two corners half the sky apart nobody could tell which way round is meant. */
const LONGEST_DEG = 90;

/** Write marks in ICRS and degrees. */
export function regionFile(marks: readonly Mark[]): string {
  const lines = marks.map((mark) => `${shapeOf(mark)} # text={${titleOf(mark, marks).replace(/[{}\n]/g, ' ')}}`);
  return ['# Region file format: DS9 version 4.1', 'global color=cyan width=1', 'icrs', ...lines, ''].join('\n');
}

function shapeOf(mark: Mark): string {
  if (mark.kind === 'aperture') return `circle(${place(mark.raDeg, mark.decDeg)},${short(mark.radiusArcmin / 60)})`;
  // Limits in RA and Dec are what was drawn: a box of DS9 has its sides along great circles.
  return `polygon(${corners(mark).join(',')})`;
}

function corners({ westDeg, eastDeg, southDeg, northDeg }: BoxMark): string[] {
  const sides = Math.max(1, Math.ceil((eastDeg - westDeg) / LONGEST_DEG));
  const along = Array.from({ length: sides + 1 }, (_, i) => westDeg + (i * (eastDeg - westDeg)) / sides);
  return [...along.map((raDeg) => place(raDeg, southDeg)), ...along.reverse().map((raDeg) => place(raDeg, northDeg))];
}

function place(raDeg: number, decDeg: number): string {
  return `${short(positiveDeg(raDeg))},${short(decDeg)}`;
}

function short(value: number): string {
  return String(Number(value.toFixed(8)));
}
