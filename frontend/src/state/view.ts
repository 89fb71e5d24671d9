/** What is shown, as plain data, and the pure functions that change it. No DOM, no network. */

import type { Counts } from '../api/count';
import { NOTATIONS, type Notation, type Orientation, type Position } from '../sky/coordinates';
import { type ColourChange, reachOf } from './colour';
import { type Mark, MOST_APERTURES } from './marks';

export type Lines = 'none' | 'equatorial' | 'galactic';

/** Ways to compare with the layer before: the window divided, two panes, or one minus the other. */
export const COMPARISONS = ['swipe', 'beside', 'minus'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export interface Compare {
  mode: Comparison;
  /** Where a swipe's divider is, as a fraction of the window's width. */
  divider: number;
}

export interface Camera {
  centre: Position;
  /** Width of the window, degrees of coordinate. */
  widthDeg: number;
}

export interface View {
  layerId: string | undefined;
  /** The layer shown before: what blinking and comparing compare with. */
  previousId: string | undefined;
  /** Where to look; undefined before anybody looked anywhere. */
  camera: Camera | undefined;
  orientation: Orientation;
  notation: Notation;
  lines: Lines;
  /** Catalogues shown. */
  sourceGroups: readonly string[];
  boxes: boolean;
  /** Lists of regions that are not shown. */
  hiddenRegions: readonly string[];
  /** Regions that were drawn. */
  marks: readonly Mark[];
  /** What the user changed of each layer's colours, by `colourKey`. */
  colours: Readonly<Record<string, ColourChange>>;
  /** How far from zero the limits of differences reach, by `colourKey`: found from their own pixels when they are first seen. */
  reaches: Readonly<Record<string, number>>;
  /** The server colours the tiles: for slow links. */
  pictures: boolean;
  /** Compare with the previous layer. */
  compare: Compare | undefined;
}

export const START: View = {
  layerId: undefined,
  previousId: undefined,
  camera: undefined,
  orientation: 'ra-left',
  notation: 'degrees',
  lines: 'equatorial',
  sourceGroups: [],
  boxes: true,
  hiddenRegions: [],
  marks: [],
  pictures: false,
  colours: {},
  reaches: {},
  compare: undefined,
};

export function withLayer(view: View, layerId: string): View {
  return layerId === view.layerId ? view : { ...view, layerId, previousId: view.layerId ?? view.previousId };
}

/** Whose colours are set: those of the layer, or those of its difference from the one before, which has its own. */
export function colourKey({ layerId, previousId, compare }: View): string | undefined {
  return layerId && previousId && compare?.mode === 'minus' ? differenceKey(layerId, previousId) : layerId;
}

/** What a difference of two layers is known by. */
export function differenceKey(layerId: string, otherId: string): string {
  return `${layerId} − ${otherId}`;
}

/** Compare in another way; in none when it was this one already, or there is nothing to compare with. */
export function withComparison(view: View, mode: Comparison): View {
  const stops = view.compare?.mode === mode || !view.previousId;
  return { ...view, compare: stops ? undefined : { mode, divider: 0.5 } };
}

export function withColour(view: View, layerId: string, change: ColourChange): View {
  return { ...view, colours: { ...view.colours, [layerId]: { ...view.colours[layerId], ...change } } };
}

/** Forget what was changed of a layer's colours; those of a difference are found anew. */
export function withOwnColour(view: View, layerId: string): View {
  const { [layerId]: _, ...colours } = view.colours;
  const { [layerId]: __, ...reaches } = view.reaches;
  return { ...view, colours, reaches };
}

/** Keep how far a difference that is seen for the first time reaches. */
export function withReach(view: View, key: string, counts: Counts): View {
  const isWanted = view.compare?.mode === 'minus' && colourKey(view) === key && view.reaches[key] === undefined;
  return isWanted ? { ...view, reaches: { ...view.reaches, [key]: reachOf(counts) } } : view;
}

export function withSources(view: View, groupId: string, shown: boolean): View {
  const others = view.sourceGroups.filter((id) => id !== groupId);
  return { ...view, sourceGroups: shown ? [...others, groupId] : others };
}

export function withRegions(view: View, groupId: string, shown: boolean): View {
  const others = view.hiddenRegions.filter((id) => id !== groupId);
  return { ...view, hiddenRegions: shown ? others : [...others, groupId] };
}

export function withNextNotation(view: View): View {
  const next = (NOTATIONS.indexOf(view.notation) + 1) % NOTATIONS.length;
  return { ...view, notation: NOTATIONS[next]! };
}

export function withNextLines(view: View): View {
  const order: Lines[] = ['none', 'equatorial', 'galactic'];
  return { ...view, lines: order[(order.indexOf(view.lines) + 1) % order.length]! };
}

export function turnedRound(view: View): View {
  return { ...view, orientation: view.orientation === 'ra-left' ? 'ra-right' : 'ra-left' };
}

/** Add a mark, or put a changed one in the place of what it was. Of too many apertures the first gives way. */
export function withMark(view: View, mark: Mark): View {
  if (view.marks.some(({ id }) => id === mark.id)) {
    return { ...view, marks: view.marks.map((other) => (other.id === mark.id ? mark : other)) };
  }
  const apertures = view.marks.filter(({ kind }) => kind === 'aperture');
  const surplus = mark.kind === 'aperture' && apertures.length >= MOST_APERTURES ? apertures[0] : undefined;
  return { ...view, marks: [...view.marks.filter((other) => other !== surplus), mark] };
}

export function withoutMark(view: View, id: string): View {
  return { ...view, marks: view.marks.filter((mark) => mark.id !== id) };
}
