/** Regions as they lie on the plane. */

import type { Outline, Region } from '../api/types';
import { across, type Orientation } from '../sky/coordinates';
import { turnsOf } from './ring';

type Line = number[][];

export interface Shape {
  /** Rings of each area: the outer one, then what is cut out of it. */
  areas: Line[][];
  /** What is drawn of their edges: not the edge of the plane at a pole. */
  lines: Line[];
}

/** A region on the plane; twice when it runs over the plane's edge, once at each side. */
export function shapeOf({ outlines }: Region, orientation: Orientation): Shape {
  const lines = outlines.map(({ points }) => points.map(([ra, dec]) => [across(ra!, orientation), dec!]));
  if (!lines.length) return { areas: [], lines: [] };
  const xs = lines.flatMap((line) => line.map(([x]) => x!));
  const turns = turnsOf(xs.reduce(smaller), xs.reduce(larger));
  // Of an annulus the smaller line comes first.
  const rings = outlines.map((outline, i) => ringOf(outline, lines[i]!)).reverse();
  const isArea = outlines.every(({ is_closed }) => is_closed);
  return {
    areas: isArea ? turns.map((turn) => rings.map((ring) => moved(ring, turn))) : [],
    lines: turns.flatMap((turn) => lines.map((line) => moved(line, turn))),
  };
}

/** A line that goes round a pole, closed along the edge of the plane. */
function ringOf({ pole }: Outline, line: Line): Line {
  return pole === null ? line : [...line, [line.at(-1)![0]!, pole], [line[0]![0]!, pole], line[0]!];
}

function moved(line: Line, turn: number): Line {
  return line.map(([x, y]) => [x! + turn, y!]);
}

const smaller = (a: number, b: number) => Math.min(a, b);
const larger = (a: number, b: number) => Math.max(a, b);
