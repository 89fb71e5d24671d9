import { defaults as defaultInteractions } from 'ol/interaction/defaults';
import OlMap from 'ol/Map';
import type { HighlightBox } from '../api/types';
import type { Orientation, Position } from '../sky/coordinates';
import type { Loading, Pointer } from '../state/store';
import type { Lines } from '../state/view';
import { Boxes } from './Boxes';
import type { Catalogue } from './Catalogue';
import { Chosen } from './Chosen';
import { drawnNow } from './drawnNow';
import { Graticule, type Insets, UNCOVERED } from './Graticule';
import { Points } from './Points';
import { fromPlane } from './projection';
import { type Shown, Stack } from './Stack';

/** How the sky is looked at, in all panes alike. */
export interface Looks {
  orientation: Orientation;
  pictures: boolean;
  lines: Lines;
  insets: Insets;
  scheme: 'light' | 'dark';
  boxes: readonly HighlightBox[];
  catalogues: readonly Catalogue[];
  chosen: Position | undefined;
}

export const PLAIN: Omit<Looks, 'orientation'> = {
  pictures: false,
  lines: 'none',
  insets: UNCOVERED,
  scheme: 'dark',
  boxes: [],
  catalogues: [],
  chosen: undefined,
};

export interface PaneListener {
  onPointer(pointer: Pointer | undefined): void;
  onLoading(loading: Loading): void;
}

/** A second window on the same sky, with another layer: it looks wherever the first one looks, and the other way round. */
export class Pane {
  readonly map: OlMap;
  readonly #stack: Stack;
  readonly #graticule = new Graticule();
  readonly #boxes = new Boxes();
  readonly #points = new Points();
  readonly #chosen = new Chosen();
  #orientation: Orientation;
  #isPictures = false;

  constructor(target: HTMLElement, beside: OlMap, orientation: Orientation, listener: PaneListener) {
    this.#orientation = orientation;
    this.map = new OlMap({
      target,
      view: beside.getView(),
      controls: [],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, keyboard: false }),
      layers: [this.#graticule, this.#boxes.layer, this.#points, this.#chosen.layer],
      maxTilesLoading: 12,
    });
    this.#stack = new Stack(this.map, orientation, (loading) => listener.onLoading(loading));
    const setBusy = (busy: boolean) => target.setAttribute('aria-busy', String(busy));
    setBusy(true);
    this.map.on(['movestart', 'loadstart'], () => setBusy(true));
    this.map.on('rendercomplete', () => setBusy(!this.#stack.isComplete));
    this.map.on('postrender', () => this.#stack.settle());
    this.map.on('moveend', () => this.#cancelUnwanted());
    this.map.on('pointermove', ({ pixel, dragging }) => {
      if (!dragging) listener.onPointer(this.#pointerAt(pixel));
    });
    this.map.getViewport()!.addEventListener('pointerleave', () => listener.onPointer(undefined));
  }

  show(shown: Shown | undefined): void {
    if (shown) this.#stack.show(shown);
    else this.#stack.hide();
  }

  /** Look as the other panes do. */
  wear({ orientation, pictures, lines, insets, scheme, boxes, catalogues, chosen }: Looks): void {
    if (orientation !== this.#orientation || pictures !== this.#isPictures) this.#stack.begin(orientation, pictures);
    this.#orientation = orientation;
    this.#isPictures = pictures;
    Object.assign(this.#graticule, { orientation, lines, insets, scheme });
    this.#graticule.changed();
    this.#boxes.place(boxes, orientation);
    this.#points.place(catalogues, orientation);
    this.#chosen.show(chosen, orientation);
  }

  /** What is seen, drawn now. */
  draw(): HTMLCanvasElement {
    return drawnNow(this.map, this.#graticule);
  }

  retry(): void {
    this.#stack.retry();
  }

  dispose(): void {
    this.map.setTarget(undefined);
    this.#stack.clear();
    // The view is the other pane's, too, and must not keep this one alive.
    this.map.setView(null);
    this.map.dispose();
  }

  #pointerAt(pixel: number[]): Pointer | undefined {
    const coordinate = this.map.getCoordinateFromPixel(pixel);
    if (!coordinate || Math.abs(coordinate[1]!) > 90) return undefined;
    const value = this.#stack.at(1)?.valueAt(pixel);
    return { at: fromPlane(coordinate, this.#orientation), value, isOther: true };
  }

  #cancelUnwanted(): void {
    const view = this.map.getView();
    this.#stack.cancelUnwanted(view.calculateExtent(this.map.getSize()), view.getResolution()!);
  }
}
