import { defaults as defaultInteractions } from 'ol/interaction/defaults';
import OlMap from 'ol/Map';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import type { Counts } from '../api/count';
import type { HighlightBox, Source } from '../api/types';
import type { Orientation, Position } from '../sky/coordinates';
import type { Mark } from '../state/marks';
import type { Loading, Picked, Pointer, Tool } from '../state/store';
import type { Camera, Lines } from '../state/view';
import { Boxes } from './Boxes';
import { Catalogue, colourOfList } from './Catalogue';
import { Chosen } from './Chosen';
import { drawnNow } from './drawnNow';
import { Gaze } from './Gaze';
import { Graticule, type Insets } from './Graticule';
import { type MarkListener, MarkPointer } from './MarkPointer';
import { Marks } from './Marks';
import { type Looks, Pane, PLAIN } from './Pane';
import { Points } from './Points';
import { fromPlane } from './projection';
import { type Shown, Stack } from './Stack';
import { ViewCounter } from './ViewCounter';

/** What the map tells the rest of the program. */
export interface Listener extends MarkListener {
  onCamera(camera: Camera): void;
  onResolution(resolutionDeg: number): void;
  onPointer(pointer: Pointer | undefined): void;
  onLoading(loading: Loading): void;
  onCounts(counts: Counts | undefined): void;
  onPick(picked: Picked | undefined): void;
  /** A position is to be looked up elsewhere. */
  onLookUp(at: Position): void;
}

const IDLE: Loading = { waiting: 0, problem: undefined };
/** The sky in the window: everything that is drawn, and where one looks. */
export class SkyMap {
  readonly #map: OlMap;
  readonly #listener: Listener;
  readonly #graticule = new Graticule();
  readonly #boxes = new Boxes();
  readonly #chosen = new Chosen();
  readonly #marks = new Marks();
  readonly #pen: MarkPointer;
  readonly #points = new Points();
  #catalogues = new Map<string, Catalogue>();
  readonly #stack: Stack;
  readonly #counter: ViewCounter;
  /** Where one looks. */
  readonly gaze: Gaze;
  #orientation: Orientation;
  #isPictures = false;
  #pane: Pane | undefined;
  /** How the pane beside is to look. */
  readonly #looks: Looks;
  readonly #loading = { here: IDLE, beside: IDLE };
  #pixel: number[] | undefined;
  #resolutionDeg = 0;

  constructor(target: HTMLElement, orientation: Orientation, listener: Listener) {
    this.#listener = listener;
    this.#orientation = orientation;
    this.#looks = { ...PLAIN, orientation };
    this.#map = new OlMap({
      target,
      controls: [],
      interactions: defaultInteractions({
        altShiftDragRotate: false,
        pinchRotate: false,
        keyboard: false,
        doubleClickZoom: true,
      }),
      layers: [this.#graticule, this.#boxes.layer, this.#points, this.#marks.layer, this.#chosen.layer],
      maxTilesLoading: 12,
    });
    this.#stack = new Stack(this.#map, orientation, (loading) => this.#tellLoading({ here: loading }));
    this.gaze = new Gaze(this.#map, orientation);
    this.#pen = new MarkPointer(this.#marks, listener);
    this.#pen.orientation = orientation;
    this.#map.addInteraction(this.#pen);
    const setBusy = (busy: boolean) => target.setAttribute('aria-busy', String(busy));
    setBusy(true);
    this.#map.on(['movestart', 'loadstart'], () => setBusy(true));
    this.#counter = new ViewCounter((counts) => listener.onCounts(counts));
    this.#map.on('rendercomplete', () => {
      setBusy(!this.#stack.isComplete);
      this.#count();
    });
    this.#map.on('moveend', () => this.#tellCamera());
    this.#map.on('postrender', () => this.#afterFrame());
    this.#map.on('pointermove', (event) => this.#onPointer(event));
    this.#map.on('singleclick', (event) => this.#onClick(event));
    this.#viewport.addEventListener('pointerleave', () => this.#leave());
  }

  get #viewport(): HTMLElement {
    return this.#map.getViewport()!;
  }

  dispose(): void {
    this.openBeside(undefined);
    this.#map.setTarget(undefined);
    this.#stack.clear();
    this.#map.dispose();
  }

  // ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────

  show(shown: Shown): void {
    this.#stack.show(shown);
  }

  hide(): void {
    this.#stack.hide();
  }

  swipe(other: Shown | undefined, divider: number): void {
    this.#stack.swipe(other, divider);
  }

  /** Count what is in the window whenever it is drawn anew, or stop. */
  setCounting(on: boolean): void {
    this.#counter.switch(on);
    this.#map.render();
  }

  #count(): void {
    const extent = this.#map.getView().calculateExtent(this.#map.getSize());
    if (this.#stack.isComplete) void this.#counter.count(this.#stack.at(1), extent, this.gaze.resolutionDeg);
  }

  /** What is seen, drawn now. */
  draw(): { sky: HTMLCanvasElement; beside: HTMLCanvasElement | undefined; pixelRatio: number } {
    const [sky, beside] = [drawnNow(this.#map, this.#graticule), this.#pane?.draw()];
    return { sky, beside, pixelRatio: devicePixelRatio };
  }

  retry(): void {
    this.#stack.retry();
    this.#pane?.retry();
  }

  /** Mirror the sky, or let the server colour it. Where one looks stays. */
  begin(orientation: Orientation, pictures: boolean): void {
    if (orientation === this.#orientation && pictures === this.#isPictures) return;
    this.#orientation = this.#graticule.orientation = this.#pen.orientation = orientation;
    this.#isPictures = pictures;
    this.#stack.begin(orientation, pictures);
    this.gaze.turnRound(orientation);
    this.#wear({ orientation, pictures });
  }

  /** Open a second pane on the same sky in an element, with another layer; or close it. */
  openBeside(target: HTMLElement | undefined): void {
    this.#pane?.dispose();
    this.#pane = undefined;
    this.#tellLoading({ beside: IDLE });
    if (!target) return;
    this.#pane = new Pane(target, this.#map, this.#orientation, {
      onPointer: (pointer) => this.#listener.onPointer(pointer),
      onLoading: (beside) => this.#tellLoading({ beside }),
    });
    this.#wear({});
  }

  showBeside(shown: Shown | undefined): void {
    this.#pane?.show(shown);
  }

  /** What lies over the pane beside. */
  setInsetsBeside(insets: Insets): void {
    this.#wear({ insets });
  }

  #wear(looks: Partial<Looks>): void {
    Object.assign(this.#looks, looks);
    this.#pane?.wear(this.#looks);
  }

  setLines(lines: Lines): void {
    this.#graticule.lines = lines;
    this.#graticule.changed();
    this.#wear({ lines });
  }

  /** How the page around the sky looks: lines are drawn to suit. */
  setSurroundings(insets: Insets, scheme: 'light' | 'dark'): void {
    this.#graticule.insets = this.gaze.insets = insets;
    this.#graticule.scheme = scheme;
    this.#graticule.changed();
    this.#wear({ scheme });
  }

  setBoxes(boxes: readonly HighlightBox[]): void {
    this.#boxes.place(boxes, this.#orientation);
    this.#wear({ boxes });
  }

  /** Show these catalogues and no others; `index` is a list's place among all lists and gives its colour. */
  setCatalogues(lists: readonly { groupId: string; index: number; sources: readonly Source[] }[]): void {
    this.#catalogues = new Map(lists.map((list) => [list.groupId, this.#catalogueOf(list)]));
    const catalogues = [...this.#catalogues.values()];
    this.#points.place(catalogues, this.#orientation);
    this.#wear({ catalogues });
  }

  #catalogueOf({ groupId, index, sources }: { groupId: string; index: number; sources: readonly Source[] }): Catalogue {
    const known = this.#catalogues.get(groupId);
    return known?.sources === sources ? known : new Catalogue(sources, colourOfList(index));
  }

  setMarks(marks: readonly Mark[], chosenId: string | undefined): void {
    this.#marks.place(marks, chosenId, this.#orientation);
  }

  /** What the next drag draws; undefined to move the sky again. */
  setTool(tool: Tool | undefined): void {
    this.#pen.tool = tool;
    this.#viewport.style.cursor = '';
  }

  choose(at: Position | undefined): void {
    this.#chosen.show(at, this.#orientation);
    this.#wear({ chosen: at });
  }

  // ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────

  #tellCamera(): void {
    const { camera, resolutionDeg } = this.gaze;
    if (!camera) return;
    this.#listener.onCamera(camera);
    this.#stack.cancelUnwanted(this.#map.getView().calculateExtent(this.#map.getSize()), resolutionDeg);
  }

  /** What is being loaded in either pane. */
  #tellLoading(loading: { here?: Loading; beside?: Loading }): void {
    Object.assign(this.#loading, loading);
    const { here, beside } = this.#loading;
    this.#listener.onLoading({ waiting: here.waiting + beside.waiting, problem: here.problem ?? beside.problem });
  }

  #afterFrame(): void {
    this.#stack.settle();
    const { resolutionDeg } = this.gaze;
    if (resolutionDeg !== this.#resolutionDeg) this.#listener.onResolution(resolutionDeg);
    this.#resolutionDeg = resolutionDeg;
    this.#tellPointer();
  }

  #onPointer(event: MapBrowserEvent): void {
    this.#pixel = event.dragging ? undefined : event.pixel;
    this.#tellPointer();
    if (!event.dragging) this.#viewport.style.cursor = this.#cursorAt(event);
  }

  #cursorAt(event: MapBrowserEvent): string {
    if (this.#pen.tool) return '';
    const hold = this.#pen.holdAt(event);
    if (hold) return hold.part === 'whole' ? 'move' : 'pointer';
    return this.#sourceAt(event.coordinate) ? 'pointer' : '';
  }

  #tellPointer(): void {
    if (!this.#pixel) return;
    const coordinate = this.#map.getCoordinateFromPixel(this.#pixel);
    if (!coordinate || Math.abs(coordinate[1]!) > 90) {
      this.#listener.onPointer(undefined);
      return;
    }
    const across = this.#pixel[0]! / this.gaze.width;
    const value = this.#stack.at(across)?.valueAt(this.#pixel);
    const isOther = this.#stack.isOtherAt(across);
    this.#listener.onPointer({ at: fromPlane(coordinate, this.#orientation), value, isOther });
  }

  #leave(): void {
    this.#pixel = undefined;
    this.#listener.onPointer(undefined);
  }

  #onClick(event: MapBrowserEvent): void {
    const { altKey } = event.originalEvent as PointerEvent;
    if (altKey) this.#listener.onLookUp(fromPlane(event.coordinate, this.#orientation));
    else this.#listener.onPick(this.#sourceAt(event.coordinate));
  }

  #sourceAt(coordinate: number[]): Picked | undefined {
    const at = fromPlane(coordinate, this.#orientation);
    const { resolutionDeg } = this.gaze;
    let best: (Picked & { pixels: number }) | undefined;
    for (const [groupId, catalogue] of this.#catalogues) {
      const found = catalogue.nearest(at, resolutionDeg);
      if (found && (!best || found.pixels < best.pixels)) best = { ...found, groupId };
    }
    return best && { source: best.source, groupId: best.groupId };
  }
}
