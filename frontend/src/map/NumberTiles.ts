import type DataTile from 'ol/DataTile';
import type { Extent } from 'ol/extent';
import DataTileSource from 'ol/source/DataTile';
import type { TileSourceEvent } from 'ol/source/Tile';
import TileState from 'ol/TileState';
import * as client from '../api/client';
import { CHANNELS } from '../api/decode';
import { decodeAway, differenceAway } from '../api/decoder';
import type { Patch } from '../api/subtract';
import type { Encoding } from '../api/types';
import type { Orientation } from '../sky/coordinates';
import { across } from '../sky/coordinates';
import { levelNear, tilesOver } from '../sky/cover';
import { boxOf, pixelSideDeg, type SkyBox, type TileAddress, type TileGrid } from '../sky/grid';
import { differenceKey } from '../state/view';
import { addressOf, gridOnPlane, PLANE } from './projection';

/** What a layer must be known by before its tiles can be drawn. */
export interface Tiled {
  layerId: string;
  version: string;
  grid: TileGrid;
  encoding: Encoding;
  isFinal: boolean;
  /** Another layer, whose numbers are taken away from this one's. */
  minus?: Tiled;
}

interface Request {
  controller: AbortController;
  level: number;
  /** Middle and half widths on the plane, degrees. */
  x: number;
  y: number;
  half: number;
}

/** The number tiles of one layer in one orientation, as OpenLayers asks for them. */
export class NumberTiles extends DataTileSource {
  readonly orientation: Orientation;
  #tiled: Tiled;
  #requests = new Set<Request>();
  #failed = new Set<DataTile>();
  #hasPreviews = false;
  #nothing: Float32Array | undefined;
  /** Decoded tiles, for as long as OpenLayers keeps them. */
  readonly #decoded = new Map<string, WeakRef<Float32Array>>();

  constructor(tiled: Tiled, orientation: Orientation) {
    super({
      projection: PLANE,
      tileGrid: gridOnPlane(tiled.grid, orientation),
      wrapX: true,
      bandCount: CHANNELS,
      transition: 0,
      // The finer of two levels: the shader averages what falls into one screen pixel.
      zDirection: -1,
      key: keyOf(tiled),
    });
    this.#tiled = tiled;
    this.orientation = orientation;
    this.setLoader((z, x, y) => this.#load(z, x, y));
    this.addEventListener('tileloaderror', (event) => this.#onError((event as TileSourceEvent).tile as DataTile));
  }

  /** Tiles that have come so far. */
  loaded = 0;

  /** A sentence that says why tiles are missing, or undefined when none are. */
  problem: string | undefined;

  /** What a view's colours know these tiles by. */
  get layerKey(): string {
    return layerKeyOf(this.#tiled);
  }

  /** Number of tiles being fetched. */
  get waiting(): number {
    return this.#requests.size;
  }

  /** Take note that the layer changed: its overview is ready, or its file was replaced. Shown tiles stay until the new ones come. */
  update(tiled: Tiled): void {
    const isBetter = isAllFinal(tiled) && !isAllFinal(this.#tiled) && this.#hasPreviews;
    const isNew = versionOf(tiled) !== versionOf(this.#tiled);
    this.#tiled = tiled;
    if (!isBetter && !isNew) return;
    this.#hasPreviews = false;
    this.setKey(keyOf(tiled));
  }

  /** Ask again for the tiles that could not be had. What is wrong is said until one of them comes. */
  retry(): void {
    for (const tile of this.#failed) tile.setState(TileState.IDLE);
    this.#failed.clear();
    this.changed();
  }

  /** Cancel the requests for tiles that have left the window or that a finer zoom was to show. */
  cancelUnwanted([west, south, east, north]: Extent, resolutionDeg: number): void {
    const wanted = this.getTileGrid()!.getZForResolution(resolutionDeg, this.zDirection);
    const [x, y] = [(west! + east!) / 2, (south! + north!) / 2];
    const [reachX, reachY] = [(east! - west!) / 2, (north! - south!) / 2];
    for (const request of this.#requests) {
      // Tiles repeat every turn, so what counts is the nearest copy.
      const apart = Math.abs(((((request.x - x) % 360) + 540) % 360) - 180);
      const isNear = apart < reachX + request.half && Math.abs(request.y - y) < reachY + request.half;
      if (!isNear || request.level > wanted) request.controller.abort();
    }
  }

  async #load(z: number, column: number, row: number): Promise<Float32Array> {
    const at = addressOf(z, column, row, this.orientation);
    const box = boxOf(this.#tiled.grid, at);
    const request: Request = {
      controller: new AbortController(),
      level: z,
      x: across((box.westDeg + box.eastDeg) / 2, this.orientation),
      y: (box.southDeg + box.northDeg) / 2,
      half: (box.eastDeg - box.westDeg) / 2,
    };
    this.#requests.add(request);
    try {
      const pixels = (await this.#pixels(at, box, request.controller.signal)) ?? this.#empty();
      this.#remember([z, column, row], pixels);
      return pixels;
    } finally {
      this.#requests.delete(request);
    }
  }

  #remember(tile: readonly number[], pixels: Float32Array): void {
    this.loaded++;
    this.problem = undefined;
    this.#decoded.set(String(tile), new WeakRef(pixels));
    if (this.#decoded.size < MOST_REMEMBERED) return;
    for (const [key, kept] of this.#decoded) if (!kept.deref()) this.#decoded.delete(key);
  }

  /** The numbers that are drawn in a part of the plane, without gaps; a regular sample of them where they are more than `most`. */
  valuesIn(extent: Extent, resolutionDeg: number, most: number): Float32Array<ArrayBuffer> {
    const grid = this.getTileGrid()!;
    const z = grid.getZForResolution(resolutionDeg, this.zDirection);
    const side = grid.getResolution(z);
    const stride = Math.max(1, Math.ceil(Math.sqrt(areaOf(extent) / side ** 2 / most)));
    const values: number[] = [];
    grid.forEachTileCoord(extent, z, (tile) => {
      const pixels = this.#decodedAt(tile);
      if (pixels) gather(values, pixels, windowOf(grid.getTileCoordExtent(tile), extent, side), stride);
    });
    return Float32Array.from(values);
  }

  /** The number at a place on the plane, of the finest tile that is there: null without data, undefined while there is none. */
  valueAt(place: readonly number[], resolutionDeg: number): number | null | undefined {
    const grid = this.getTileGrid()!;
    for (let z = grid.getZForResolution(resolutionDeg, this.zDirection); z >= 0; z--) {
      const tile = grid.getTileCoordForCoordAndZ([...place], z);
      const pixels = this.#decodedAt(tile);
      if (!pixels) continue;
      const [left, top] = windowOf(grid.getTileCoordExtent(tile), [...place, ...place], grid.getResolution(z));
      const size = this.#tiled.grid.tileSize;
      const at = CHANNELS * (Math.min(size - 1, top) * size + Math.min(size - 1, left));
      return pixels[at + 1] ? pixels[at]! : null;
    }
    return undefined;
  }

  #decodedAt(tile: number[]): Float32Array | undefined {
    const wrapped = this.getTileCoordForTileUrlFunction(tile, PLANE);
    return (wrapped && this.#decoded.get(String(wrapped))?.deref()) ?? undefined;
  }

  /** The numbers of a tile, those of the other layer taken away; undefined off either map. */
  async #pixels(at: TileAddress, box: SkyBox, signal: AbortSignal): Promise<Float32Array | undefined> {
    const { minus, grid } = this.#tiled;
    if (!minus) {
      const patch = await this.#fetch(this.#tiled, at, signal);
      return patch && decodeAway(patch);
    }
    const over = tilesOver(minus.grid, levelNear(minus.grid, pixelSideDeg(grid, at.level)), box);
    const [from, ...found] = await Promise.all([
      this.#fetch(this.#tiled, at, signal),
      ...over.map((other) => this.#fetch(minus, other, signal)),
    ]);
    const others = found.filter((patch) => patch !== undefined);
    return from && others.length ? differenceAway(from, others) : undefined;
  }

  async #fetch(
    { layerId, version, grid, encoding }: Tiled,
    at: TileAddress,
    signal: AbortSignal,
  ): Promise<Patch | undefined> {
    const { bytes, isFinal } = await client.tile(layerId, at, version, signal);
    if (!isFinal) this.#hasPreviews = true;
    const decoding = { encoding, tileSize: grid.tileSize, mirrored: this.orientation === 'ra-left' };
    return bytes && { bytes, decoding, box: boxOf(grid, at) };
  }

  /** A tile off the map: one array serves them all. */
  #empty(): Float32Array {
    this.#nothing ??= new Float32Array(CHANNELS * this.#tiled.grid.tileSize ** 2);
    return this.#nothing;
  }

  #onError(tile: DataTile): void {
    const error = tile.getError();
    if (client.isAbort(error)) {
      // Not wanted then, perhaps wanted again: as if it had never been asked for, once the queue has heard that it is over.
      queueMicrotask(() => tile.setState(TileState.IDLE));
      return;
    }
    this.#failed.add(tile);
    this.problem = error?.message ?? 'A tile could not be read.';
  }
}

const MOST_REMEMBERED = 1000;

function areaOf([west, south, east, north]: Extent): number {
  return (east! - west!) * (Math.min(90, north!) - Math.max(-90, south!));
}

/** The columns and rows of a tile, first and one after the last, that lie in a part of the plane. */
function windowOf(tile: Extent, part: Extent, side: number): [number, number, number, number] {
  const size = Math.round((tile[2]! - tile[0]!) / side);
  const within = (pixels: number) => Math.min(size, Math.max(0, pixels));
  return [
    within(Math.floor((part[0]! - tile[0]!) / side)),
    within(Math.floor((tile[3]! - part[3]!) / side)),
    within(Math.ceil((part[2]! - tile[0]!) / side)),
    within(Math.ceil((tile[3]! - part[1]!) / side)),
  ];
}

function gather(
  values: number[],
  pixels: Float32Array,
  [left, top, right, bottom]: readonly [number, number, number, number],
  stride: number,
): void {
  const size = Math.sqrt(pixels.length / CHANNELS);
  for (let row = top; row < bottom; row += stride) {
    for (let column = left; column < right; column += stride) {
      const at = CHANNELS * (row * size + column);
      if (pixels[at + 1]) values.push(pixels[at]!);
    }
  }
}

/** What is known by the name of the layer, or of the two whose difference it is. */
export function layerKeyOf({ layerId, minus }: Tiled): string {
  return minus ? differenceKey(layerId, minus.layerId) : layerId;
}

function keyOf(tiled: Tiled): string {
  return `${versionOf(tiled)} ${isAllFinal(tiled) ? 'final' : 'preview'}`;
}

function versionOf({ version, minus }: Tiled): string {
  return minus ? `${version} ${minus.version}` : version;
}

function isAllFinal({ isFinal, minus }: Tiled): boolean {
  return isFinal && (minus?.isFinal ?? true);
}
