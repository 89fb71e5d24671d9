/** The one store: the view, and the few passing things that several panels look at. */

import { create } from 'zustand';
import type { Counts } from '../api/count';
import type { Source } from '../api/types';
import type { Position } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import { START, type View } from './view';

/** What the pointer is over. */
export interface Pointer {
  at: Position;
  /** What is shown there, or its difference, from the tile; null where the map has no data; undefined while no tile is there. */
  value: number | null | undefined;
  /** The same of the layer compared with, where it is on the screen, too. */
  otherValue: number | null | undefined;
  /** It is the layer compared with that is seen there, not the current one. */
  isOther: boolean;
}

/** How the tiles in view are doing. */
export interface Loading {
  waiting: number;
  /** A sentence when tiles could not be had. */
  problem: string | undefined;
}

export interface Picked {
  source: Source;
  groupId: string;
}

export type Tool = 'aperture' | 'box';

export type Panel = 'layers' | 'colour' | 'overlays' | 'table' | 'regions' | 'goto' | 'help';

export interface Passing {
  pointer: Pointer | undefined;
  loading: Loading;
  /** The first picture is on the screen. */
  isDrawn: boolean;
  picked: Picked | undefined;
  /** A position that was gone to: marked until something is clicked. */
  sought: Position | undefined;
  /** The catalogue in the table of sources, once somebody chose one. */
  listed: string | undefined;
  /** What the next drag draws, instead of moving the sky. */
  tool: Tool | undefined;
  /** The mark that was drawn or clicked last. */
  chosenMark: string | undefined;
  panels: Readonly<Record<Panel, boolean>>;
  /** What was typed for the go-to box before it was there. */
  typedAhead: string;
  /** The previous layer is being shown instead, for a blink. */
  blinking: boolean;
  /** The sky in the window, and the part of it that sources of long lists were asked for in. */
  window: SkyBox | undefined;
  part: SkyBox | undefined;
  /** Degrees of coordinate in a pixel of the screen. */
  resolutionDeg: number;
  /** The histogram is to be of what is in the window. */
  countsView: boolean;
  /** That histogram, when it is wanted and made. */
  viewCounts: Counts | undefined;
}

export interface Store extends Passing {
  view: View;
  /** Replace the view by what a pure function makes of it. */
  change(step: (view: View) => View): void;
  note(passing: Partial<Passing>): void;
  toggle(panel: Panel, open?: boolean): void;
}

export const useStore = create<Store>()((set) => ({
  view: START,
  pointer: undefined,
  loading: { waiting: 0, problem: undefined },
  isDrawn: false,
  picked: undefined,
  sought: undefined,
  listed: undefined,
  tool: undefined,
  chosenMark: undefined,
  panels: { layers: false, colour: false, overlays: false, table: false, regions: false, goto: false, help: false },
  typedAhead: '',
  blinking: false,
  window: undefined,
  part: undefined,
  resolutionDeg: 1,
  countsView: false,
  viewCounts: undefined,
  change: (step) => set(({ view }) => ({ view: step(view) })),
  note: (passing) => set(passing),
  toggle: (panel, open) =>
    set(({ panels }) => ({ panels: { ...panels, [panel]: open ?? !panels[panel] }, typedAhead: '' })),
}));

export const useView = <T>(pick: (view: View) => T): T => useStore(({ view }) => pick(view));
