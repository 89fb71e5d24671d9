import type DataTile from 'ol/DataTile';
import type { Extent } from 'ol/extent';
import DataTileSource from 'ol/source/DataTile';
import type { TileSourceEvent } from 'ol/source/Tile';
import TileState from 'ol/TileState';
import * as client from '../api/client';
import { CHANNELS } from '../api/decode';
import { decodeAway } from '../api/decoder';
import type { Encoding } from '../api/types';
import type { Orientation } from '../sky/coordinates';
import { across } from '../sky/coordinates';
import { boxOf, type TileGrid } from '../sky/grid';
import { addressOf, gridOnPlane, PLANE } from './projection';

/** What a layer must be known by before its tiles can be drawn. */
export interface Tiled {
  layerId: string;
  version: string;
  grid: TileGrid;
  encoding: Encoding;
  isFinal: boolean;
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

  /** A sentence that says why tiles are missing, or undefined when none are. */
  problem: string | undefined;

  /** Number of tiles being fetched. */
  get waiting(): number {
    return this.#requests.size;
  }

  /** Take note that the layer changed: its overview is ready, or its file was replaced. Shown tiles stay until the new ones come. */
  update(tiled: Tiled): void {
    const isBetter = tiled.isFinal && !this.#tiled.isFinal && this.#hasPreviews;
    const isNew = tiled.version !== this.#tiled.version;
    this.#tiled = tiled;
    if (!isBetter && !isNew) return;
    this.#hasPreviews = false;
    this.setKey(keyOf(tiled));
  }

  /** Ask again for the tiles that could not be had. */
  retry(): void {
    for (const tile of this.#failed) tile.setState(TileState.IDLE);
    this.#failed.clear();
    this.problem = undefined;
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
    const { layerId, version, grid, encoding } = this.#tiled;
    const box = boxOf(grid, at);
    const request: Request = {
      controller: new AbortController(),
      level: z,
      x: across((box.westDeg + box.eastDeg) / 2, this.orientation),
      y: (box.southDeg + box.northDeg) / 2,
      half: (box.eastDeg - box.westDeg) / 2,
    };
    this.#requests.add(request);
    try {
      const { bytes, isFinal } = await client.tile(layerId, at, version, request.controller.signal);
      if (!isFinal) this.#hasPreviews = true;
      if (!bytes) return this.#empty();
      const mirrored = this.orientation === 'ra-left';
      return await decodeAway(bytes, { encoding, tileSize: grid.tileSize, mirrored });
    } finally {
      this.#requests.delete(request);
    }
  }

  /** A tile off the map: one array serves them all. */
  #empty(): Float32Array {
    this.#nothing ??= new Float32Array(CHANNELS * this.#tiled.grid.tileSize ** 2);
    return this.#nothing;
  }

  #onError(tile: DataTile): void {
    const error = tile.getError();
    if (client.isAbort(error)) {
      // Not wanted then, perhaps wanted again: as if it had never been asked for.
      tile.setState(TileState.IDLE);
      return;
    }
    this.#failed.add(tile);
    this.problem = error?.message ?? 'A tile could not be read.';
  }
}

function keyOf({ version, isFinal }: Tiled): string {
  return `${version} ${isFinal ? 'final' : 'preview'}`;
}
