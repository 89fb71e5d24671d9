import type { Counts } from '../api/count';
import type { HighlightBox, Region } from '../api/types';
import type { Orientation, Position } from '../sky/coordinates';
import type { Mark } from '../state/marks';
import type { Loading, Picked, Pointer, Tool } from '../state/store';
import type { Camera, Lines } from '../state/view';
import { Catalogue, colourOfList, type Sources } from './Catalogue';
import type { Sky } from './figure';
import { Gaze } from './Gaze';
import type { Insets } from './Graticule';
import type { MarkListener } from './MarkPointer';
import { type Looks, Pane, type PaneListener, PLAIN } from './Pane';
import { fromPlane } from './projection';
import type { Shown } from './Stack';
import { ViewCounter } from './ViewCounter';

/** What the map tells the rest of the program. */
export interface Listener extends MarkListener {
  onCamera(camera: Camera): void;
  onResolution(resolutionDeg: number): void;
  onPointer(pointer: Pointer | undefined): void;
  onLoading(loading: Loading): void;
  /** All that belongs in the window is drawn. */
  onComplete(): void;
  /** What is in the window was counted; `key` is the `colourKey` of what was. */
  onCounts(counts: Counts | undefined, key: string): void;
  onPick(picked: Picked | undefined): void;
  /** A position is to be looked up elsewhere. */
  onLookUp(at: Position): void;
}

/** A catalogue to be drawn. */
export interface List {
  groupId: string;
  /** Its place among all lists. */
  index: number;
  sources: Sources;
  /** How many there would be on a whole sky as full as where these are. */
  crowd: number;
}

const IDLE: Loading = { waiting: 0, problem: undefined };

/** The sky in the window: one pane, or two side by side that look at the same place and differ in their layers. */
export class SkyMap {
  readonly #listener: Listener;
  readonly #pane: Pane;
  #beside: Pane | undefined;
  readonly #counter: ViewCounter;
  /** Where one looks. */
  readonly gaze: Gaze;
  #looks: Looks;
  #insetsBeside: Insets;
  readonly #loading = { here: IDLE, beside: IDLE };
  #resolutionDeg = 0;

  constructor(target: HTMLElement, orientation: Orientation, listener: Listener) {
    this.#listener = listener;
    this.#looks = { ...PLAIN, orientation };
    this.#insetsBeside = this.#looks.insets;
    this.#counter = new ViewCounter((counts, key) => this.#tellCounts(counts, key));
    this.#pane = new Pane(target, this.#looks, this.#listen('here'));
    this.gaze = new Gaze(this.#pane.map, orientation);
    this.#pane.map.on('moveend', () => this.gaze.camera && listener.onCamera(this.gaze.camera));
  }

  #listen(where: 'here' | 'beside'): PaneListener {
    const { onMark, onMarkDone, onPick, onLookUp } = this.#listener;
    const isHere = where === 'here';
    return {
      onMark,
      onMarkDone,
      onPick,
      onLookUp,
      onPoint: (place) => this.#tellPointer(place, !isHere),
      onLoading: (loading) => this.#tellLoading({ [where]: loading }),
      onFrame: () => isHere && this.#tellResolution(),
      onComplete: () => isHere && this.#tellComplete(),
    };
  }

  dispose(): void {
    this.openBeside(undefined);
    this.#pane.dispose();
  }

  // ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────

  show(shown: Shown): void {
    this.#pane.stack.show(shown);
  }

  hide(): void {
    this.#pane.stack.hide();
  }

  /** Another layer than the one that is seen was asked for, and is on its way. */
  await(on: boolean): void {
    this.#pane.await(on);
  }

  swipe(other: Shown | undefined, divider: number): void {
    this.#pane.stack.swipe(other, divider);
  }

  /** Count what is in the window whenever it is drawn anew, or stop. */
  setCounting(on: boolean): void {
    this.#counter.switch(on);
    this.#pane.map.render();
  }

  #count(): void {
    const { map, stack } = this.#pane;
    void this.#counter.count(stack.current, map.getView().calculateExtent(map.getSize()), this.gaze.resolutionDeg);
  }

  /** What is seen, drawn now. */
  draw(): { sky: Sky; beside: Sky | undefined; pixelRatio: number } {
    return { sky: this.#pane.draw(), beside: this.#beside?.draw(), pixelRatio: devicePixelRatio };
  }

  /** Ask again for tiles that could not be had. */
  retry(): void {
    this.#pane.stack.retry();
    this.#beside?.stack.retry();
  }

  /** Open a second pane on the same sky in an element, with another layer; or close it. */
  openBeside(target: HTMLElement | undefined): void {
    this.#beside?.dispose();
    this.#tellLoading({ beside: IDLE });
    this.#beside = target && new Pane(target, this.#looksBeside, this.#listen('beside'), this.#pane.map.getView());
  }

  showBeside(shown: Shown | undefined): void {
    if (shown) this.#beside?.stack.show(shown);
    else this.#beside?.stack.hide();
  }

  // ── How it is shown ─────────────────────────────────────────────────────────────────────────────────────────────

  get #looksBeside(): Looks {
    return { ...this.#looks, insets: this.#insetsBeside };
  }

  #wear(looks: Partial<Looks>): void {
    this.#looks = { ...this.#looks, ...looks };
    this.#pane.wear(this.#looks);
    this.#beside?.wear(this.#looksBeside);
  }

  /** Mirror the sky, or let the server colour it. Where one looks stays. */
  begin(orientation: Orientation, pictures: boolean): void {
    if (orientation !== this.#looks.orientation) this.gaze.turnRound(orientation);
    this.#wear({ orientation, pictures });
  }

  setLines(lines: Lines): void {
    this.#wear({ lines });
  }

  /** How the page around the sky looks: lines are drawn to suit. */
  setSurroundings(insets: Insets, scheme: 'light' | 'dark'): void {
    this.gaze.insets = insets;
    this.#wear({ insets, scheme });
  }

  /** What lies over the pane beside. */
  setInsetsBeside(insets: Insets): void {
    this.#insetsBeside = insets;
    this.#wear({});
  }

  setBoxes(boxes: readonly HighlightBox[]): void {
    this.#wear({ boxes });
  }

  setRegions(regions: readonly Region[]): void {
    this.#wear({ regions });
  }

  /** Show these catalogues and no others; `index` is a list's place among all lists and gives its colour. */
  setCatalogues(lists: readonly List[]): void {
    this.#wear({ catalogues: new Map(lists.map((list) => [list.groupId, this.#catalogueOf(list)])) });
  }

  #catalogueOf({ groupId, index, sources, crowd }: List): Catalogue {
    const known = this.#looks.catalogues.get(groupId);
    return known?.sources === sources ? known : new Catalogue(sources, colourOfList(index), crowd);
  }

  setMarks(marks: readonly Mark[], chosenMark: string | undefined): void {
    this.#wear({ marks, chosenMark });
  }

  /** What the next drag draws; undefined to move the sky again. */
  setTool(tool: Tool | undefined): void {
    this.#wear({ tool });
  }

  /** Mark the source that is chosen, and the position that was gone to. */
  point(chosen: Position | undefined, sought: Position | undefined): void {
    this.#wear({ chosen, sought });
  }

  // ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────

  #tellCounts(counts: Counts | undefined, key: string): void {
    // Where there is nothing to count there is nothing to find colours from: no reason to wait for them.
    if (key && !counts) this.#pane.stack.current?.veil(false);
    this.#listener.onCounts(counts, key);
  }

  /** What is being loaded in either pane. */
  #tellLoading(loading: { here?: Loading; beside?: Loading }): void {
    Object.assign(this.#loading, loading);
    const { here, beside } = this.#loading;
    this.#listener.onLoading({ waiting: here.waiting + beside.waiting, problem: here.problem ?? beside.problem });
  }

  #tellComplete(): void {
    this.#listener.onComplete();
    this.#count();
  }

  #tellResolution(): void {
    const { resolutionDeg } = this.gaze;
    if (resolutionDeg !== this.#resolutionDeg) this.#listener.onResolution(resolutionDeg);
    this.#resolutionDeg = resolutionDeg;
  }

  /** Tell what both layers hold at a place on the plane, wherever they are shown. */
  #tellPointer(place: readonly number[] | undefined, isBeside: boolean): void {
    const { stack } = this.#pane;
    const { resolutionDeg } = this.gaze;
    if (!place) {
      this.#listener.onPointer(undefined);
      return;
    }
    this.#listener.onPointer({
      at: fromPlane(place, this.#looks.orientation),
      value: stack.current?.valueAt(place, resolutionDeg),
      otherValue: (this.#beside ? this.#beside.stack.current : stack.below)?.valueAt(place, resolutionDeg),
      isOther: isBeside || stack.isOtherAt(this.#pane.fractionOf(place)),
    });
  }
}
