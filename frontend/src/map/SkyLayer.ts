import WebGLTileLayer from 'ol/layer/WebGLTile';
import type { FrameState } from 'ol/Map';
import WebGLTileLayerRenderer from 'ol/renderer/webgl/TileLayer';
import { newTileRepresentationLookup } from 'ol/renderer/webgl/TileLayerBase';
import PaletteTexture from 'ol/webgl/PaletteTexture';
import { CHANNELS } from '../api/decode';
import type { Colour } from '../state/colour';
import type { NumberTiles } from './NumberTiles';
import { FRAGMENT, PALETTE, paletteOf, uniformsOf, VERTEX } from './shader';

/** Bytes of the graphics card's memory that the tiles of one layer may fill, and how many screens full of them are enough. */
const BUDGET = 192 << 20;
const SCREENS = 3;
const BYTES_PER_PIXEL = 4 * CHANNELS;

/** Levels coarser than the window's that are fetched too, so that zooming out never shows a hole. */
const PRELOAD = 2;

/** Width of a canvas that OpenLayers has drawn nothing in. */
const UNUSED = 1;

/** How long the first tiles may wait for the others, milliseconds. */
const PATIENCE_MS = 100;

/** Tiles that are kept: those of a few screens, as far as there is memory for them. */
function tilesKept(side: number): number {
  // A row and a column more than fit, as they seldom begin at an edge.
  const [across, down] = [screen.width, screen.height].map(
    (pixels) => Math.ceil((pixels * devicePixelRatio) / side) + 1,
  );
  const most = Math.floor(BUDGET / (BYTES_PER_PIXEL * side ** 2));
  return Math.max(12, Math.min(most, SCREENS * across! * down!));
}

/** A palette whose colours can be exchanged between two frames. */
class LivePalette extends PaletteTexture {
  use(data: Uint8Array): void {
    if (data === this.data) return;
    this.data = data;
    this.#stale = true;
  }

  #stale = false;

  override getTexture(gl: WebGLRenderingContext): WebGLTexture {
    if (!this.#stale) return super.getTexture(gl);
    this.#stale = false;
    // Asked for in the midst of drawing a tile, whose own texture must be bound again.
    const bound = gl.getParameter(gl.TEXTURE_BINDING_2D) as WebGLTexture | null;
    this.delete(gl);
    const texture = super.getTexture(gl);
    gl.bindTexture(gl.TEXTURE_2D, bound);
    return texture;
  }
}

/**
 * A renderer that keeps the shader it was made with, where the layer would exchange it for one made from a style; and that draws
 * nothing before there is a picture: without a graphics card each frame is dear, and the first tiles come together.
 */
class NumberRenderer<L extends SkyLayer> extends WebGLTileLayerRenderer<L> {
  #isBegun = false;
  #firstCame: number | undefined;

  override reset(): void {}

  override renderFrame(frame: FrameState): HTMLElement {
    const canvas = this.helper.getCanvas();
    // What another layer has drawn there must go at once.
    this.#isBegun ||= canvas.width > UNUSED || this.#isTime();
    if (this.#isBegun) return super.renderFrame(frame);
    this.renderComplete = false;
    this.#ask(frame);
    return canvas;
  }

  /** Whether all tiles are there that were asked for, or some while others take long. */
  #isTime(): boolean {
    const { loaded, waiting } = this.getLayer().tiles;
    if (!loaded || !waiting) return loaded > 0;
    if (this.#firstCame === undefined) {
      this.#firstCame = performance.now();
      setTimeout(() => this.getLayer()?.changed(), PATIENCE_MS);
    }
    return performance.now() - this.#firstCame >= PATIENCE_MS;
  }

  /** Ask for the tiles in the window, and for coarser ones. */
  #ask(frame: FrameState): void {
    const { tiles } = this.getLayer();
    const z = tiles.getTileGrid()!.getZForResolution(frame.viewState.resolution, tiles.zDirection);
    if (frame.extent) this.enqueueTiles(frame, frame.extent, z, newTileRepresentationLookup(), PRELOAD);
  }
}

/** One layer of the sky, its numbers coloured on the graphics card by our own shader. */
export class SkyLayer extends WebGLTileLayer {
  readonly tiles: NumberTiles;
  #colour: Colour;
  #palette: LivePalette;

  constructor(tiles: NumberTiles, colour: Colour) {
    super({
      source: tiles,
      className: 'sky',
      preload: PRELOAD,
      cacheSize: tilesKept(Number(tiles.getTileGrid()!.getTileSize(0))),
    });
    this.tiles = tiles;
    this.#colour = colour;
    this.#palette = new LivePalette(PALETTE, paletteOf(colour));
  }

  get colour(): Colour {
    return this.#colour;
  }

  /** Drawn, but not to be seen yet. */
  isVeiled = false;

  veil(on: boolean): void {
    if (on === this.isVeiled) return;
    this.isVeiled = on;
    this.changed();
  }

  /** Colour with other settings from the next frame on. Asks the server nothing. */
  paint(colour: Colour): void {
    this.#colour = colour;
    this.#palette.use(paletteOf(colour));
    this.changed();
  }

  /** The value at a place on the plane: null without data, undefined while no tile is there. */
  valueAt(place: readonly number[], resolutionDeg: number): number | null | undefined {
    return this.tiles.valueAt(place, resolutionDeg);
  }

  override createRenderer(): NumberRenderer<this> {
    return new NumberRenderer<this>(this, {
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms: { ...uniformsOf(() => this.#colour), u_strength: () => Number(!this.isVeiled) },
      paletteTextures: [this.#palette],
      cacheSize: this.getCacheSize(),
    });
  }
}
