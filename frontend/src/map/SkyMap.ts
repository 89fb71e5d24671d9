import { easeOut } from 'ol/easing';
import { defaults as defaultInteractions } from 'ol/interaction/defaults';
import OlMap from 'ol/Map';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import View from 'ol/View';
import type { HighlightBox, Source } from '../api/types';
import { type Orientation, type Position, positiveDeg } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import type { Loading, Picked, Pointer } from '../state/store';
import type { Camera, Lines } from '../state/view';
import { Boxes } from './Boxes';
import { Graticule, type Insets } from './Graticule';
import { fromPlane, PLANE, toPlane } from './projection';
import { Chosen, colourOfList, Sources } from './Sources';
import { type Shown, Stack } from './Stack';

/** What the map tells the rest of the program. */
export interface Listener {
  onCamera(camera: Camera): void;
  onResolution(resolutionDeg: number): void;
  onPointer(pointer: Pointer | undefined): void;
  onLoading(loading: Loading): void;
  onPick(picked: Picked | undefined): void;
}

/** The finest and the coarsest a window can be, degrees in a CSS pixel. */
const FINEST_DEG = 2e-6;
const COARSEST_DEG = 1.2;

/** The sky in the window: everything that is drawn, and where one looks. */
export class SkyMap {
  readonly #map: OlMap;
  readonly #listener: Listener;
  readonly #graticule = new Graticule();
  readonly #boxes = new Boxes();
  readonly #chosen = new Chosen();
  readonly #catalogues = new Map<string, Sources>();
  readonly #stack: Stack;
  #orientation: Orientation;
  #pixel: number[] | undefined;
  #resolution = 0;
  /** Whether anybody has said yet where to look. */
  #isPlaced = false;

  constructor(target: HTMLElement, orientation: Orientation, listener: Listener) {
    this.#listener = listener;
    this.#orientation = orientation;
    this.#map = new OlMap({
      target,
      controls: [],
      interactions: defaultInteractions({
        altShiftDragRotate: false,
        pinchRotate: false,
        keyboard: false,
        doubleClickZoom: true,
      }),
      layers: [this.#graticule, this.#boxes.layer, this.#chosen.layer],
      view: newView(),
      maxTilesLoading: 12,
    });
    this.#stack = new Stack(this.#map, orientation, (loading) => listener.onLoading(loading));
    const setBusy = (busy: boolean) => target.setAttribute('aria-busy', String(busy));
    setBusy(true);
    this.#map.on(['movestart', 'loadstart'], () => setBusy(true));
    this.#map.on('rendercomplete', () => setBusy(!this.#stack.isComplete));
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

  retry(): void {
    this.#stack.retry();
  }

  /** Mirror the sky. Where one looks stays; tiles come from the browser's own cache. */
  setOrientation(orientation: Orientation): void {
    if (orientation === this.#orientation) return;
    const centre = this.#centre();
    this.#orientation = orientation;
    this.#graticule.orientation = orientation;
    this.#stack.setOrientation(orientation);
    this.#map.getView().setCenter(toPlane(centre, orientation));
  }

  setLines(lines: Lines): void {
    this.#graticule.lines = lines;
    this.#graticule.changed();
  }

  /** How the page around the sky looks: lines are drawn to suit. */
  setSurroundings(insets: Insets, scheme: 'light' | 'dark'): void {
    this.#graticule.insets = insets;
    this.#graticule.scheme = scheme;
    this.#graticule.changed();
  }

  setBoxes(boxes: readonly HighlightBox[]): void {
    this.#boxes.place(boxes, this.#orientation);
  }

  /** Show these catalogues and no others. */
  setCatalogues(catalogues: readonly { groupId: string; index: number; sources: readonly Source[] }[]): void {
    for (const [groupId, { layer }] of this.#catalogues) {
      this.#map.removeLayer(layer);
      layer.dispose();
      this.#catalogues.delete(groupId);
    }
    for (const { groupId, index, sources } of catalogues) {
      const drawn = new Sources(colourOfList(index), sources.length);
      drawn.place(sources, this.#orientation);
      this.#catalogues.set(groupId, drawn);
      this.#map.addLayer(drawn.layer);
    }
  }

  choose(at: Position | undefined): void {
    this.#chosen.show(at, this.#orientation);
  }

  // ── Where one looks ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Look somewhere at once. */
  look({ centre, widthDeg }: Camera): void {
    this.#isPlaced = true;
    const view = this.#map.getView();
    view.setCenter(toPlane(centre, this.#orientation));
    view.setResolution(widthDeg / this.#width());
  }

  /** Move to a position; zoom in when a width is given. Straight there when motion is to be reduced. */
  flyTo(centre: Position, widthDeg?: number): void {
    const view = this.#map.getView();
    const [x, y] = toPlane(centre, this.#orientation);
    const near = x + 360 * Math.round((view.getCenter()![0]! - x) / 360);
    const resolution = widthDeg === undefined ? view.getResolution()! : widthDeg / this.#width();
    const duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 500;
    view.animate({ center: [near, y], resolution, duration, easing: easeOut });
  }

  /** Look at a whole box, or fill the window with the sky when the box goes round it. */
  fit(box: SkyBox): void {
    const [width, height] = this.#map.getSize() ?? [1, 1];
    const [across, up] = [box.eastDeg - box.westDeg, box.northDeg - box.southDeg];
    const isSky = across > 300;
    const resolution = isSky ? Math.min(360 / width!, up / height!) : 1.08 * Math.max(across / width!, up / height!);
    const middle = { raDeg: (box.westDeg + box.eastDeg) / 2, decDeg: (box.southDeg + box.northDeg) / 2 };
    // The whole sky is laid out as it is read: 360 to 0 from left to right, or -180 to 180.
    const raDeg = isSky ? (this.#orientation === 'ra-left' ? 180 : 0) : middle.raDeg;
    this.look({ centre: { raDeg, decDeg: middle.decDeg }, widthDeg: resolution * width! });
  }

  /** Zoom by a factor about the middle, or shift by fractions of the window. */
  nudge({ zoom = 1, right = 0, up = 0 }: { zoom?: number; right?: number; up?: number }): void {
    const view = this.#map.getView();
    const [x, y] = view.getCenter()!;
    const [width, height] = this.#map.getSize() ?? [1, 1];
    const resolution = view.getResolution()!;
    const center = [x! + right * width! * resolution, y! + up * height! * resolution];
    view.animate({ center, resolution: resolution / zoom, duration: 160, easing: easeOut });
  }

  #centre(): Position {
    return fromPlane(this.#map.getView().getCenter()!, this.#orientation);
  }

  #width(): number {
    return this.#map.getSize()?.[0] || 1;
  }

  // ── What happens ────────────────────────────────────────────────────────────────────────────────────────────────

  #tellCamera(): void {
    if (!this.#isPlaced) return;
    const resolution = this.#map.getView().getResolution()!;
    const { raDeg, decDeg } = this.#centre();
    this.#listener.onCamera({ centre: { raDeg: positiveDeg(raDeg), decDeg }, widthDeg: resolution * this.#width() });
    this.#cancelUnwanted();
  }

  #cancelUnwanted(): void {
    const view = this.#map.getView();
    const extent = view.calculateExtent(this.#map.getSize());
    this.#stack.cancelUnwanted(extent, view.getResolution()!);
  }

  #afterFrame(): void {
    this.#stack.settle();
    const resolution = this.#map.getView().getResolution()!;
    if (resolution !== this.#resolution) this.#listener.onResolution(resolution);
    this.#resolution = resolution;
    this.#tellPointer();
  }

  #onPointer(event: MapBrowserEvent): void {
    this.#pixel = event.dragging ? undefined : event.pixel;
    this.#tellPointer();
    const isOver = !event.dragging && this.#sourceAt(event.coordinate) !== undefined;
    this.#viewport.style.cursor = isOver ? 'pointer' : '';
  }

  #tellPointer(): void {
    if (!this.#pixel) return;
    const coordinate = this.#map.getCoordinateFromPixel(this.#pixel);
    if (!coordinate || Math.abs(coordinate[1]!) > 90) {
      this.#listener.onPointer(undefined);
      return;
    }
    const value = this.#stack.at(this.#pixel[0]! / this.#width())?.valueAt(this.#pixel);
    this.#listener.onPointer({ at: fromPlane(coordinate, this.#orientation), value });
  }

  #leave(): void {
    this.#pixel = undefined;
    this.#listener.onPointer(undefined);
  }

  #onClick(event: MapBrowserEvent): void {
    this.#listener.onPick(this.#sourceAt(event.coordinate));
  }

  #sourceAt(coordinate: number[]): Picked | undefined {
    const at = fromPlane(coordinate, this.#orientation);
    const resolution = this.#map.getView().getResolution()!;
    let best: (Picked & { pixels: number }) | undefined;
    for (const [groupId, catalogue] of this.#catalogues) {
      const found = catalogue.nearest(at, resolution);
      if (found && (!best || found.pixels < best.pixels)) best = { ...found, groupId };
    }
    return best && { source: best.source, groupId: best.groupId };
  }
}

function newView(): View {
  return new View({
    projection: PLANE,
    center: [0, 0],
    resolution: 0.25,
    minResolution: FINEST_DEG,
    maxResolution: COARSEST_DEG,
    enableRotation: false,
    multiWorld: true,
    extent: [-Infinity, -90, Infinity, 90],
    constrainOnlyCenter: true,
  });
}
