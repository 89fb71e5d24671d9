import { easeOut } from 'ol/easing';
import OlMap from 'ol/Map';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import View from 'ol/View';
import { defaults as defaultInteractions } from 'ol/interaction/defaults';
import type { HighlightBox, Source } from '../api/types';
import { type Orientation, type Position, positiveDeg } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import type { Colour } from '../state/colour';
import type { Loading, Picked, Pointer } from '../state/store';
import type { Camera, Lines } from '../state/view';
import { Boxes } from './Boxes';
import { Graticule, type Insets } from './Graticule';
import { NumberTiles, type Tiled } from './NumberTiles';
import { fromPlane, PLANE, toPlane } from './projection';
import { SkyLayer } from './SkyLayer';
import { Chosen, colourOfList, Sources } from './Sources';
import { Swipe } from './Swipe';

/** What the map tells the rest of the program. */
export interface Listener {
  onCamera(camera: Camera): void;
  onResolution(resolutionDeg: number): void;
  onPointer(pointer: Pointer | undefined): void;
  onLoading(loading: Loading): void;
  onPick(picked: Picked | undefined): void;
}

/** One layer of the sky and how to colour it. */
export interface Shown {
  tiled: Tiled;
  colour: Colour;
}

/** Layers kept ready, with their tiles, for going back to. */
const KEPT = 5;

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
  readonly #swipe = new Swipe();
  readonly #catalogues = new Map<string, Sources>();
  readonly #layers = new Map<string, SkyLayer>();
  #orientation: Orientation;
  #current: SkyLayer | undefined;
  /** The layer that is still seen below until the current one has all its tiles. */
  #leaving: SkyLayer | undefined;
  #pixel: number[] | undefined;
  #resolution = 0;

  constructor(target: HTMLElement, orientation: Orientation, listener: Listener) {
    this.#listener = listener;
    this.#orientation = orientation;
    this.#map = new OlMap({
      target,
      controls: [],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false, doubleClickZoom: true }),
      layers: [this.#graticule, this.#boxes.layer, this.#chosen.layer],
      view: newView(),
      maxTilesLoading: 12,
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
    this.#map.setTarget(undefined);
    for (const layer of this.#layers.values()) this.#discard(layer);
    this.#map.dispose();
  }

  // ── What is shown ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Show a layer; the one before it stays until all tiles in the window are there. */
  show({ tiled, colour }: Shown): void {
    const layer = this.#layerOf({ tiled, colour });
    if (layer === this.#current) return;
    this.#leaving?.setVisible(false);
    this.#leaving = this.#current;
    this.#leaving?.setZIndex(0);
    layer.setZIndex(2);
    layer.setVisible(true);
    this.#current = layer;
    this.#forgetOldest();
  }

  /** Show no layer at all. */
  hide(): void {
    this.#current?.setVisible(false);
    this.#leaving?.setVisible(false);
    this.#current = this.#leaving = undefined;
    this.#tellLoading();
  }

  /** Divide the window between the current layer, right, and another, left; undefined to stop. */
  swipe(other: Shown | undefined, divider: number): void {
    const below = other && this.#layerOf(other);
    if (this.#swipe.below && this.#swipe.below !== below && this.#swipe.below !== this.#current) {
      this.#swipe.below.setVisible(false);
    }
    below?.setVisible(true);
    below?.setZIndex(1);
    this.#swipe.divide(this.#current, below, divider);
    this.#map.render();
  }

  /** The layer object for what is asked, made or brought up to date. */
  #layerOf({ tiled, colour }: Shown): SkyLayer {
    const known = this.#layers.get(tiled.layerId);
    const layer = known ?? this.#newLayer(tiled, colour);
    // The one used last comes last.
    this.#layers.delete(tiled.layerId);
    this.#layers.set(tiled.layerId, layer);
    if (known) {
      layer.tiles.update(tiled);
      layer.paint(colour);
    }
    return layer;
  }

  #newLayer(tiled: Tiled, colour: Colour): SkyLayer {
    const layer = new SkyLayer(new NumberTiles(tiled, this.#orientation), colour);
    layer.setVisible(false);
    const tell = () => this.#tellLoading();
    layer.tiles.on(['tileloadstart', 'tileloadend', 'tileloaderror'], tell);
    this.#map.addLayer(layer);
    return layer;
  }

  #forgetOldest(): void {
    for (const [layerId, layer] of this.#layers) {
      if (this.#layers.size <= KEPT) return;
      if (layer === this.#current || layer === this.#leaving || layer === this.#swipe.below) continue;
      this.#layers.delete(layerId);
      this.#discard(layer);
    }
  }

  #discard(layer: SkyLayer): void {
    this.#map.removeLayer(layer);
    layer.dispose();
  }

  /** Mirror the sky. Where one looks stays; tiles come from the browser's own cache. */
  setOrientation(orientation: Orientation): void {
    if (orientation === this.#orientation) return;
    const centre = this.#centre();
    this.#orientation = orientation;
    this.#graticule.orientation = orientation;
    for (const layer of this.#layers.values()) this.#discard(layer);
    this.#layers.clear();
    this.#swipe.divide(undefined, undefined, 0.5);
    this.#current = this.#leaving = undefined;
    this.#map.getView().setCenter(toPlane(centre, orientation));
  }

  setLines(lines: Lines): void {
    this.#graticule.lines = lines;
    this.#graticule.changed();
  }

  setInsets(insets: Insets): void {
    this.#graticule.insets = insets;
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

  /** Ask again for tiles that could not be had. */
  retry(): void {
    for (const layer of this.#layers.values()) layer.tiles.retry();
  }

  // ── Where one looks ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Look somewhere at once. */
  look({ centre, widthDeg }: Camera): void {
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
    const resolution = this.#map.getView().getResolution()!;
    const { raDeg, decDeg } = this.#centre();
    this.#listener.onCamera({ centre: { raDeg: positiveDeg(raDeg), decDeg }, widthDeg: resolution * this.#width() });
    this.#cancelUnwanted();
  }

  #cancelUnwanted(): void {
    const view = this.#map.getView();
    const extent = view.calculateExtent(this.#map.getSize());
    for (const layer of this.#layers.values()) layer.tiles.cancelUnwanted(extent, view.getResolution()!);
  }

  #afterFrame(): void {
    if (this.#leaving && this.#current?.getRenderer()?.renderComplete) {
      if (this.#leaving !== this.#swipe.below) this.#leaving.setVisible(false);
      this.#leaving = undefined;
    }
    const resolution = this.#map.getView().getResolution()!;
    if (resolution !== this.#resolution) this.#listener.onResolution((this.#resolution = resolution));
    this.#tellPointer();
  }

  #tellLoading(): void {
    const layers = [...this.#layers.values()].filter((layer) => layer.getVisible());
    const waiting = layers.reduce((sum, { tiles }) => sum + tiles.waiting, 0);
    const problem = layers.map(({ tiles }) => tiles.problem).find(Boolean);
    this.#listener.onLoading({ waiting, problem });
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
    const value = this.#topAt(this.#pixel)?.valueAt(this.#pixel);
    this.#listener.onPointer({ at: fromPlane(coordinate, this.#orientation), value });
  }

  #topAt(pixel: number[]): SkyLayer | undefined {
    return this.#swipe.isBelow(pixel[0]! / this.#width()) ? this.#swipe.below : this.#current;
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
