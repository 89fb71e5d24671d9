import DragPan from 'ol/interaction/DragPan';
import { defaults as defaultInteractions } from 'ol/interaction/defaults';
import OlMap from 'ol/Map';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import type View from 'ol/View';
import type { HighlightBox, Region } from '../api/types';
import type { Orientation, Position } from '../sky/coordinates';
import type { Mark } from '../state/marks';
import type { Loading, Picked, Tool } from '../state/store';
import type { Lines } from '../state/view';
import { Boxes } from './Boxes';
import { type Catalogue, nearestOf } from './Catalogue';
import { Chosen } from './Chosen';
import { drawnNow } from './drawnNow';
import type { Sky } from './figure';
import { Graticule, type Insets, UNCOVERED } from './Graticule';
import { Labels } from './Labels';
import { type MarkListener, MarkPointer } from './MarkPointer';
import { Marks } from './Marks';
import { isStill } from './motion';
import { Points } from './Points';
import { fromPlane } from './projection';
import { Regions } from './Regions';
import { Stack } from './Stack';

/** How the sky is looked at, in all panes alike but for what lies over them. */
export interface Looks {
  orientation: Orientation;
  pictures: boolean;
  lines: Lines;
  insets: Insets;
  scheme: 'light' | 'dark';
  boxes: readonly HighlightBox[];
  regions: readonly Region[];
  catalogues: ReadonlyMap<string, Catalogue>;
  chosen: Position | undefined;
  sought: Position | undefined;
  marks: readonly Mark[];
  chosenMark: string | undefined;
  tool: Tool | undefined;
}

export const PLAIN: Omit<Looks, 'orientation'> = {
  pictures: false,
  lines: 'none',
  insets: UNCOVERED,
  scheme: 'dark',
  boxes: [],
  regions: [],
  catalogues: new Map(),
  chosen: undefined,
  sought: undefined,
  marks: [],
  chosenMark: undefined,
  tool: undefined,
};

/** What happens in a pane. */
export interface PaneListener extends MarkListener {
  /** The pointer is over a place on the plane, or has left the sky. */
  onPoint(place: readonly number[] | undefined): void;
  onLoading(loading: Loading): void;
  onPick(picked: Picked | undefined): void;
  /** A position is to be looked up elsewhere. */
  onLookUp(at: Position): void;
  /** A frame was drawn. */
  onFrame(): void;
  /** All that belongs in the window is drawn. */
  onComplete(): void;
}

/** A window on the sky: what is drawn in it, and what the pointer does there. */
export class Pane {
  readonly map: OlMap;
  readonly stack: Stack;
  readonly #listener: PaneListener;
  readonly #boxes = new Boxes();
  readonly #regions = new Regions();
  readonly #points = new Points();
  readonly #marks = new Marks();
  readonly #chosen = new Chosen();
  readonly #labels = new Labels(this.#boxes.layer, this.#marks.layer);
  readonly #graticule = new Graticule(this.#labels);
  readonly #pen: MarkPointer;
  #looks: Looks;
  #pixel: number[] | undefined;
  #isAwaiting = false;

  constructor(target: HTMLElement, looks: Looks, listener: PaneListener, view?: View) {
    this.#listener = listener;
    this.#looks = looks;
    this.map = new OlMap({
      target,
      ...(view ? { view } : {}),
      controls: [],
      interactions: interactions(),
      layers: [
        this.#graticule,
        this.#boxes.layer,
        this.#regions.layer,
        this.#points,
        this.#marks.layer,
        this.#chosen.layer,
        this.#labels,
      ],
      maxTilesLoading: 12,
    });
    this.stack = new Stack(this.map, looks.orientation, (loading) => listener.onLoading(loading));
    this.#pen = new MarkPointer(this.#marks, listener);
    this.map.addInteraction(this.#pen);
    this.#dress(looks, undefined);
    this.#followFrames();
    this.#followPointer();
  }

  #followFrames(): void {
    this.#setBusy(true);
    this.map.on(['movestart', 'loadstart'], () => this.#setBusy(true));
    this.map.on('rendercomplete', ({ frameState }) => {
      this.#setBusy(this.#isAwaiting || !this.stack.isCompleteIn(frameState!));
      if (this.stack.isLoaded) this.#listener.onComplete();
    });
    this.map.on('postrender', () => {
      this.stack.settle();
      this.#listener.onFrame();
      if (this.#pixel) this.#tellPointer(this.#pixel);
    });
    this.map.on('moveend', () => this.#cancelUnwanted());
  }

  /** Another layer than the one that is seen was asked for, and is on its way. */
  await(on: boolean): void {
    if (on === this.#isAwaiting) return;
    this.#isAwaiting = on;
    if (on) this.#setBusy(true);
    else this.map.render();
  }

  #setBusy(busy: boolean): void {
    this.map.getTargetElement()?.setAttribute('aria-busy', String(busy));
  }

  #followPointer(): void {
    this.map.on('pointermove', (event) => this.#onPointer(event));
    // A finger that taps has never moved.
    this.map.on('click', (event) => isTouch(event.originalEvent) && this.#onPointer(event));
    this.map.on('singleclick', (event) => this.#onClick(event));
    this.#viewport.addEventListener('pointerleave', (event) => {
      // What was tapped stays when the finger is lifted.
      if (isTouch(event)) return;
      this.#pixel = undefined;
      this.#regions.hover(this.map, undefined);
      this.#listener.onPoint(undefined);
    });
  }

  get #viewport(): HTMLElement {
    return this.map.getViewport()!;
  }

  dispose(): void {
    this.map.setTarget(undefined);
    this.stack.clear();
    // The view may be another pane's, too, and must not keep this one alive.
    this.map.setView(null);
    this.map.dispose();
  }

  /** Look as told; what is as it was is left alone. */
  wear(looks: Looks): void {
    const before = this.#looks;
    this.#looks = looks;
    this.#dress(looks, before);
  }

  #dress(looks: Looks, before: Looks | undefined): void {
    const isOther = (...names: (keyof Looks)[]) => names.some((name) => looks[name] !== before?.[name]);
    const { orientation, lines, insets, scheme } = looks;
    if (before && isOther('orientation', 'pictures')) this.stack.begin(orientation, looks.pictures);
    if (isOther('orientation', 'lines', 'insets', 'scheme')) {
      Object.assign(this.#graticule, { orientation, lines, insets, scheme });
      this.#labels.scheme = scheme;
      this.#graticule.changed();
    }
    if (isOther('orientation', 'boxes')) this.#boxes.place(looks.boxes, orientation);
    if (isOther('orientation', 'regions')) this.#regions.place(looks.regions, orientation);
    if (isOther('orientation', 'catalogues')) this.#points.place([...looks.catalogues.values()], orientation);
    if (isOther('orientation', 'chosen', 'sought')) this.#chosen.show(looks.chosen, looks.sought, orientation);
    if (isOther('orientation', 'marks', 'chosenMark')) this.#marks.place(looks.marks, looks.chosenMark, orientation);
    if (isOther('tool')) this.#viewport.style.cursor = '';
    Object.assign(this.#pen, { orientation, tool: looks.tool });
  }

  /** What is seen, drawn now. */
  draw(): Sky {
    return drawnNow(this.map, this.#graticule, this.#labels);
  }

  /** Where a place on the plane is in the window, as a fraction of its width. */
  fractionOf(place: readonly number[]): number {
    const pixel = this.map.getPixelFromCoordinate([...place]) as number[] | null;
    return (pixel?.[0] ?? 0) / (this.map.getSize()?.[0] || 1);
  }

  #cancelUnwanted(): void {
    const view = this.map.getView();
    if (view.isDef()) this.stack.cancelUnwanted(view.calculateExtent(this.map.getSize()), view.getResolution()!);
  }

  #onPointer(event: MapBrowserEvent): void {
    this.#pixel = event.dragging ? undefined : event.pixel;
    this.#regions.hover(this.map, this.#pixel);
    if (event.dragging && isTouch(event.originalEvent)) this.#listener.onPoint(undefined);
    if (!this.#pixel) return;
    this.#tellPointer(this.#pixel);
    this.#viewport.style.cursor = this.#cursorAt(event);
  }

  #tellPointer(pixel: number[]): void {
    const place = this.map.getCoordinateFromPixel(pixel);
    this.#listener.onPoint(place && Math.abs(place[1]!) <= 90 ? place : undefined);
  }

  #cursorAt(event: MapBrowserEvent): string {
    if (this.#looks.tool) return '';
    const hold = this.#pen.holdAt(event);
    if (hold) return hold.part === 'whole' ? 'move' : 'pointer';
    return this.#sourceAt(event.coordinate) ? 'pointer' : '';
  }

  #onClick(event: MapBrowserEvent): void {
    const { altKey } = event.originalEvent as PointerEvent;
    if (altKey) this.#listener.onLookUp(fromPlane(event.coordinate, this.#looks.orientation));
    else this.#listener.onPick(this.#sourceAt(event.coordinate));
  }

  #sourceAt(place: number[]): Picked | undefined {
    const { catalogues, orientation } = this.#looks;
    return nearestOf(catalogues, fromPlane(place, orientation), this.map.getView().getResolution()!);
  }
}

/** Dragging, pinching and the wheel, which glide on and swing in unless the system asks for less motion. */
function interactions() {
  const plain = { altShiftDragRotate: false, pinchRotate: false, keyboard: false };
  if (!isStill()) return defaultInteractions(plain);
  return defaultInteractions({ ...plain, zoomDuration: 0, dragPan: false }).extend([new DragPan()]);
}

function isTouch(event: Event): boolean {
  return event instanceof PointerEvent && event.pointerType === 'touch';
}
