/** Regions that people draw: circles to measure in, boxes to cut out. Plain data and geometry. */

import { type Position, separationDeg, wrapDeg } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';

export interface ApertureMark extends Position {
  kind: 'aperture';
  id: string;
  /** Angle on the sky, not a difference of coordinates. */
  radiusArcmin: number;
}

export interface BoxMark extends SkyBox {
  kind: 'box';
  id: string;
  name: string;
}

export type Mark = ApertureMark | BoxMark;

/** Apertures at a time; more make a page nobody can read. */
export const MOST_APERTURES = 12;
/** A wider box could as well be meant the other way round the sky. */
const WIDEST_BOX_DEG = 180;

/** What a mark is called: boxes by their names, apertures by their numbers. */
export function titleOf(mark: Mark, marks: readonly Mark[]): string {
  if (mark.kind === 'box') return mark.name;
  return String(1 + marks.filter(({ kind }) => kind === 'aperture').findIndex(({ id }) => id === mark.id));
}

/** A part of a mark that can be taken hold of. */
export type Part = 'whole' | 'edge' | 'west' | 'east' | 'south' | 'north';

export function newAperture(id: string, centre: Position, edge: Position): ApertureMark {
  return { kind: 'aperture', id, ...centre, radiusArcmin: 60 * separationDeg(centre, edge) };
}

export function newBox(id: string, name: string, corner: Position, opposite: Position): BoxMark {
  const widthDeg = Math.max(-WIDEST_BOX_DEG, Math.min(WIDEST_BOX_DEG, opposite.raDeg - corner.raDeg));
  return {
    kind: 'box',
    id,
    name,
    westDeg: Math.min(corner.raDeg, corner.raDeg + widthDeg),
    eastDeg: Math.max(corner.raDeg, corner.raDeg + widthDeg),
    southDeg: Math.max(-90, Math.min(corner.decDeg, opposite.decDeg)),
    northDeg: Math.min(90, Math.max(corner.decDeg, opposite.decDeg)),
  };
}

/** A name for another box: the first number that none has. */
export function nextBoxName(marks: readonly Mark[]): string {
  const taken = new Set(marks.map((mark) => (mark.kind === 'box' ? mark.name : '')));
  for (let number = 1; ; number++) if (!taken.has(`Box ${number}`)) return `Box ${number}`;
}

/** Whether a mark is too small to have been meant: a click rather than a drag. */
export function isSpeck(mark: Mark, resolutionDeg: number): boolean {
  const leastDeg = 4 * resolutionDeg;
  if (mark.kind === 'aperture') return mark.radiusArcmin / 60 < leastDeg;
  return mark.eastDeg - mark.westDeg < leastDeg || mark.northDeg - mark.southDeg < leastDeg;
}

/** The mark after one of its parts was dragged from one position to another. */
export function dragged(mark: Mark, part: Part, from: Position, to: Position): Mark {
  const [ra, dec] = [wrapDeg(to.raDeg - from.raDeg), to.decDeg - from.decDeg];
  if (mark.kind === 'aperture') {
    if (part === 'edge') return { ...mark, radiusArcmin: 60 * separationDeg(mark, to) };
    return { ...mark, raDeg: mark.raDeg + ra, decDeg: Math.max(-90, Math.min(90, mark.decDeg + dec)) };
  }
  return draggedBox(mark, part, ra, dec);
}

function draggedBox(box: BoxMark, part: Part, ra: number, dec: number): BoxMark {
  const moves = (...parts: Part[]) => Number(part === 'whole' || parts.includes(part));
  const west = box.westDeg + ra * moves('west');
  const east = box.eastDeg + ra * moves('east');
  const south = box.southDeg + dec * moves('south');
  const north = box.northDeg + dec * moves('north');
  return newBox(box.id, box.name, { raDeg: west, decDeg: south }, { raDeg: east, decDeg: north });
}

/** Points of a circle on the sky, right ascensions running on without a jump. */
export function circle({ raDeg, decDeg, radiusArcmin }: ApertureMark, points = 72): Position[] {
  const radians = Math.PI / 180;
  const [dec, radius] = [decDeg * radians, (radiusArcmin / 60) * radians];
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (2 * Math.PI * i) / points;
    const sinDec = Math.sin(dec) * Math.cos(radius) + Math.cos(dec) * Math.sin(radius) * Math.cos(angle);
    const away = Math.atan2(
      Math.sin(angle) * Math.sin(radius) * Math.cos(dec),
      Math.cos(radius) - Math.sin(dec) * sinDec,
    );
    return { raDeg: raDeg + away / radians, decDeg: Math.asin(Math.max(-1, Math.min(1, sinDec))) / radians };
  });
}

/** The part of a mark within reach of a position, if any; edges before the whole. */
export function partAt(mark: Mark, at: Position, reachDeg: number): Part | undefined {
  return mark.kind === 'aperture' ? partOfAperture(mark, at, reachDeg) : partOfBox(mark, at, reachDeg);
}

function partOfAperture(mark: ApertureMark, at: Position, reachDeg: number): Part | undefined {
  const apart = separationDeg(mark, at);
  if (Math.abs(apart - mark.radiusArcmin / 60) < reachDeg) return 'edge';
  return apart < reachDeg * 1.5 ? 'whole' : undefined;
}

function partOfBox(box: BoxMark, at: Position, reachDeg: number): Part | undefined {
  const [half, middle] = [(box.eastDeg - box.westDeg) / 2, (box.eastDeg + box.westDeg) / 2];
  const x = wrapDeg(at.raDeg - middle);
  const isBeside = at.decDeg > box.southDeg - reachDeg && at.decDeg < box.northDeg + reachDeg;
  const isAbove = Math.abs(x) < half + reachDeg;
  if (isBeside && Math.abs(x - half) < reachDeg) return 'east';
  if (isBeside && Math.abs(x + half) < reachDeg) return 'west';
  if (isAbove && Math.abs(at.decDeg - box.northDeg) < reachDeg) return 'north';
  if (isAbove && Math.abs(at.decDeg - box.southDeg) < reachDeg) return 'south';
  const isMiddle = Math.abs(x) < 2 * reachDeg && Math.abs(at.decDeg - (box.southDeg + box.northDeg) / 2) < 2 * reachDeg;
  return isMiddle ? 'whole' : undefined;
}

/** Write marks for a link. */
export function writeMarks(marks: readonly Mark[]): string {
  return marks.map(writeMark).join('~');
}

function writeMark(mark: Mark): string {
  if (mark.kind === 'aperture') return ['a', short(mark.raDeg), short(mark.decDeg), short(mark.radiusArcmin)].join(',');
  const { westDeg, eastDeg, southDeg, northDeg, name } = mark;
  return ['b', ...[westDeg, eastDeg, southDeg, northDeg].map(short), name.replace(/[~,]/g, ' ')].join(',');
}

function short(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** Read marks from a link; what makes no sense is left out. */
export function readMarks(text: string): Mark[] {
  return text.split('~').flatMap((word, i): Mark[] => {
    const [kind, ...rest] = word.split(',');
    const [a, b, c, d] = rest.map(Number) as [number, number, number, number];
    const id = `link-${i}`;
    if (kind === 'a' && [a, b, c].every(Number.isFinite) && c > 0 && Math.abs(b) <= 90) {
      return [{ kind: 'aperture', id, raDeg: a, decDeg: b, radiusArcmin: c }];
    }
    if (kind !== 'b' || ![a, b, c, d].every(Number.isFinite) || a >= b || c >= d) return [];
    return [newBox(id, rest[4] || 'Box', { raDeg: a, decDeg: c }, { raDeg: b, decDeg: d })];
  });
}
