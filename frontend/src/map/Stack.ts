import type { Extent } from 'ol/extent';
import type OlMap from 'ol/Map';
import type { FrameState } from 'ol/Map';
import type { Orientation } from '../sky/coordinates';
import type { Colour } from '../state/colour';
import type { Loading } from '../state/store';
import { layerKeyOf, NumberTiles, type Tiled } from './NumberTiles';
import { hasGraphics, PictureLayer } from './PictureLayer';
import { SkyLayer } from './SkyLayer';
import { Swipe } from './Swipe';

/** One layer of the sky and how to colour it. */
export interface Shown {
  tiled: Tiled;
  colour: Colour;
  /** Its colours are yet to be found from its own pixels: what was shown before stays meanwhile. */
  isProvisional?: boolean;
}

/** A layer of the sky: its numbers coloured here, or its pictures. */
export type Part = SkyLayer | PictureLayer;

/** Layers kept ready, with their tiles, for going back to. */
const KEPT = 5;

/** The layers of the sky: the one that is seen, those kept for going back, and the two of a comparison. */
export class Stack {
  readonly #map: OlMap;
  readonly #onLoading: (loading: Loading) => void;
  readonly #swipe = new Swipe();
  /** By identifier; the one used last comes last. */
  readonly #layers = new Map<string, Part>();
  #orientation: Orientation;
  #isPictures = !hasGraphics();
  #current: Part | undefined;
  /** The layer that is still seen below until the current one has all its tiles. */
  #leaving: Part | undefined;

  constructor(map: OlMap, orientation: Orientation, onLoading: (loading: Loading) => void) {
    this.#map = map;
    this.#orientation = orientation;
    this.#onLoading = onLoading;
  }

  /** The layer that is shown, last. */
  get current(): Part | undefined {
    return this.#current;
  }

  /** The other layer of a swipe. */
  get below(): Part | undefined {
    return this.#swipe.below;
  }

  /** Whether it is the other layer of a swipe that is seen at a fraction of the window's width. */
  isOtherAt(fraction: number): boolean {
    return this.#swipe.isBelow(fraction);
  }

  /** Whether all tiles of the layer that is shown are there. */
  get isLoaded(): boolean {
    return this.#current?.getRenderer()?.renderComplete === true;
  }

  /** Whether a frame, which may be from before the layer was there, shows it and nothing else. */
  isCompleteIn({ layerStatesArray }: FrameState): boolean {
    return !this.#leaving && layerStatesArray.some(({ layer, visible }) => visible && layer === this.#current);
  }

  /** Show a layer; the one before it stays until all tiles in the window are there. */
  show(shown: Shown): void {
    const layer = this.#layerOf(shown);
    if (layer !== this.#current) this.#bring(layer);
    layer.veil(shown.isProvisional === true && this.#leaving !== undefined);
  }

  #bring(layer: Part): void {
    this.#leaving?.setVisible(false);
    this.#leaving = this.#current;
    this.#leaving?.setZIndex(0);
    layer.setZIndex(2);
    layer.setVisible(true);
    this.#current = layer;
    this.#forgetOldest();
    this.#tellLoading();
  }

  /** Show nothing. */
  hide(): void {
    this.#current?.setVisible(false);
    this.#leaving?.setVisible(false);
    this.#current = this.#leaving = undefined;
    this.#tellLoading();
  }

  /** Divide the window between another layer, left, and the current one; undefined to stop. */
  swipe(other: Shown | undefined, divider: number): void {
    const below = other && this.#layerOf(other);
    const former = this.#swipe.below;
    if (former !== below && former !== this.#current) former?.setVisible(false);
    below?.setVisible(true);
    below?.setZIndex(1);
    this.#swipe.divide(this.#current, below, divider);
    this.#map.render();
  }

  /** Begin anew: mirrored, or with the server colouring. Tiles come from the browser's own cache. */
  begin(orientation: Orientation, pictures: boolean): void {
    this.#orientation = orientation;
    this.#isPictures = pictures || !hasGraphics();
    this.#swipe.divide(undefined, undefined, 0.5);
    this.#current = this.#leaving = undefined;
    this.clear();
  }

  /** Take note that a frame was drawn: the layer that was left may be covered now. */
  settle(): void {
    if (!this.#leaving || !this.isLoaded || this.#current?.isVeiled) return;
    if (this.#leaving !== this.#swipe.below) this.#leaving.setVisible(false);
    this.#leaving = undefined;
  }

  /** Cancel requests for tiles that are not in the window any more. */
  cancelUnwanted(extent: Extent, resolutionDeg: number): void {
    for (const { tiles } of this.#layers.values()) tiles.cancelUnwanted(extent, resolutionDeg);
  }

  /** Ask again for tiles that could not be had. */
  retry(): void {
    for (const { tiles } of this.#layers.values()) tiles.retry();
    this.#tellLoading();
  }

  clear(): void {
    for (const layer of this.#layers.values()) this.#discard(layer);
    this.#layers.clear();
  }

  /** The layer object for what is asked, made or brought up to date. */
  #layerOf({ tiled, colour }: Shown): Part {
    const key = layerKeyOf(tiled);
    const known = this.#layers.get(key);
    const layer = known ?? this.#newLayer(tiled, colour);
    this.#layers.delete(key);
    this.#layers.set(key, layer);
    if (known) {
      layer.tiles.update(tiled);
      layer.paint(colour);
    }
    return layer;
  }

  #newLayer(tiled: Tiled, colour: Colour): Part {
    const layer = this.#isPictures
      ? new PictureLayer(tiled, this.#orientation, colour)
      : new SkyLayer(new NumberTiles(tiled, this.#orientation), colour);
    layer.setVisible(false);
    layer.tiles.on(['tileloadstart', 'tileloadend', 'tileloaderror'], () => this.#tellLoading());
    this.#map.addLayer(layer);
    return layer;
  }

  #forgetOldest(): void {
    const used = new Set([this.#current, this.#leaving, this.#swipe.below]);
    for (const [layerId, layer] of this.#layers) {
      if (this.#layers.size <= KEPT) return;
      if (used.has(layer)) continue;
      this.#layers.delete(layerId);
      this.#discard(layer);
    }
  }

  #discard(layer: Part): void {
    this.#map.removeLayer(layer);
    // OpenLayers preloads in a timer of its own, which must still find the layer whole.
    setTimeout(() => layer.dispose(), 100);
  }

  #tellLoading(): void {
    const seen = [...this.#layers.values()].filter((layer) => layer.getVisible());
    const waiting = seen.reduce((sum, { tiles }) => sum + tiles.waiting, 0);
    this.#onLoading({ waiting, problem: seen.map(({ tiles }) => tiles.problem).find(Boolean) });
  }
}
