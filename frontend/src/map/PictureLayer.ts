import TileLayer from 'ol/layer/Tile';
import TileImage from 'ol/source/TileImage';
import type Tile from 'ol/Tile';
import type { TileCoord } from 'ol/tilecoord';
import * as client from '../api/client';
import type { Orientation } from '../sky/coordinates';
import type { TileAddress } from '../sky/grid';
import { type Colour, pictureOf } from '../state/colour';
import { clearForSure } from './canvas';
import type { Tiled } from './NumberTiles';
import { addressOf, gridOnPlane, PLANE } from './projection';

/** The tiles of one layer as pictures that the server has coloured. */
class PictureTiles extends TileImage {
  readonly #orientation: Orientation;
  #tiled: Tiled;
  #colour: Colour;
  #waiting = 0;
  readonly #failed = new Set<Tile>();
  problem: string | undefined;

  constructor(tiled: Tiled, orientation: Orientation, colour: Colour) {
    super({
      projection: PLANE,
      tileGrid: gridOnPlane(tiled.grid, orientation),
      wrapX: true,
      interpolate: false,
      transition: 0,
    });
    this.#orientation = orientation;
    this.#tiled = tiled;
    this.#colour = colour;
    this.on('tileloadstart', () => this.#waiting++);
    this.on('tileloadend', () => {
      this.#waiting--;
      this.problem = undefined;
    });
    this.on('tileloaderror', ({ tile }) => {
      this.#waiting--;
      this.#failed.add(tile);
      this.problem = 'A tile could not be read.';
    });
    this.#ask();
  }

  get waiting(): number {
    return this.#waiting;
  }

  update(tiled: Tiled): void {
    const isOther = tiled.version !== this.#tiled.version || tiled.isFinal !== this.#tiled.isFinal;
    this.#tiled = tiled;
    if (isOther) this.#ask();
  }

  paint(colour: Colour): void {
    this.#colour = colour;
    this.#ask();
  }

  /** Ask again for the tiles that could not be had. What is wrong is said until one of them comes. */
  retry(): void {
    for (const tile of this.#failed) tile.load();
    this.#failed.clear();
  }

  /** OpenLayers cancels what it has not begun to fetch; pictures are small enough to let the rest come. */
  cancelUnwanted(): void {}

  #ask(): void {
    const style = pictureOf(this.#colour, this.#orientation === 'ra-left');
    const { layerId, version, isFinal } = this.#tiled;
    const addressAt = ([level, column, row]: TileCoord) => {
      const at = addressOf(level!, column!, row!, this.#orientation);
      return client.pictureAddress(layerId, style.flip ? flipped(at) : at, version, style);
    };
    this.setTileUrlFunction(addressAt, JSON.stringify([style, version, isFinal]));
  }
}

/** The column under which the server has a mirrored tile: it mirrors each half of the sky for itself. */
function flipped({ level, y, x }: TileAddress): TileAddress {
  const half = 2 ** level;
  return { level, y, x: x < half ? half - 1 - x : 3 * half - 1 - x };
}

/** One layer of the sky in pictures: for slow links, and where the graphics card cannot be used. */
export class PictureLayer extends TileLayer<PictureTiles> {
  readonly tiles: PictureTiles;

  constructor(tiled: Tiled, orientation: Orientation, colour: Colour) {
    const tiles = new PictureTiles(tiled, orientation, colour);
    super({ source: tiles, className: 'pictures' });
    this.tiles = tiles;
    this.on('prerender', clearForSure);
  }

  paint(colour: Colour): void {
    this.tiles.paint(colour);
  }

  readonly isVeiled = false;

  /** The server knows its colours from the beginning. */
  veil(): void {}

  /** Pictures have no numbers: only the server knows. */
  valueAt(): undefined {
    return undefined;
  }
}

let graphics: boolean | undefined;

/** Whether numbers can be coloured on the graphics card. Found out once. */
export function hasGraphics(): boolean {
  graphics ??= findGraphics();
  return graphics;
}

function findGraphics(): boolean {
  const gl = document.createElement('canvas').getContext('webgl');
  const isThere = gl?.getExtension('OES_texture_float') != null;
  // There may not be many at a time.
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return isThere;
}
