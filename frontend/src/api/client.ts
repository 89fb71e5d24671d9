/** The only place that talks to the network. */

import type { TileAddress } from '../sky/grid';
import type {
  ApertureStatistics,
  Band,
  DefaultLayer,
  HighlightBox,
  Histogram,
  Layer,
  LayerName,
  MapGroup,
  PixelValue,
  SearchResult,
  SkyMapInfo,
  SourceGroup,
  SourceList,
} from './types';

/** The server said no, in a sentence; `status` is 0 when it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }

  /** Whether asking again later may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** Whether an error only says that nobody wants the answer any more. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** An address under the page's own folder: the viewer may live under any path. */
export function address(path: string, query: Query = {}): string {
  const url = new URL(path, new URL('.', document.baseURI));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Fill a path's places with text that is safe there. */
function path(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: parts }, ...values.map((value) => encodeURIComponent(value)));
}

async function ask(url: string, signal?: AbortSignal): Promise<Response> {
  const answer = await reach(url, signal);
  if (!answer.ok) throw new ApiError(answer.status, await sentenceOf(answer));
  return answer;
}

async function reach(url: string, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, signal ? { signal } : {});
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, 'The tilemaker server does not answer.');
  }
}

async function sentenceOf(answer: Response): Promise<string> {
  try {
    const body: unknown = await answer.json();
    if (body && typeof body === 'object' && 'detail' in body && typeof body.detail === 'string') return body.detail;
  } catch {
    // Not ours: a proxy's page, say. The status is all there is to tell.
  }
  return `The server answered ${answer.status} ${answer.statusText}`.trim();
}

async function json<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await ask(url, signal)).json()) as T;
}

export const mapGroups = (signal?: AbortSignal) => json<MapGroup[]>(address('map-groups'), signal);

export const mapsOf = (groupId: string, signal?: AbortSignal) =>
  json<SkyMapInfo[]>(address(path`map-groups/${groupId}/maps`), signal);

export const bandsOf = (mapId: string, signal?: AbortSignal) => json<Band[]>(address(path`maps/${mapId}/bands`), signal);

export const layersOf = (bandId: string, signal?: AbortSignal) =>
  json<LayerName[]>(address(path`bands/${bandId}/layers`), signal);

export const defaultLayer = (signal?: AbortSignal) => json<DefaultLayer>(address('layers/default'), signal);

export const layer = (layerId: string, signal?: AbortSignal) => json<Layer>(address(path`layers/${layerId}`), signal);

export const search = (words: string, signal?: AbortSignal) =>
  json<SearchResult>(address('search', { q: words }), signal);

export const histogram = (layerId: string, signal?: AbortSignal) =>
  json<Histogram>(address(path`histograms/data/${layerId}`), signal);

/** The exact pixel under a position. */
export const value = (layerId: string, raDeg: number, decDeg: number, signal?: AbortSignal) =>
  json<PixelValue>(address(path`layers/${layerId}/value`, { ra: raDeg, dec: decDeg }), signal);

export const sourceGroups = (signal?: AbortSignal) => json<SourceGroup[]>(address('sources'), signal);

export const sourcesOf = (groupId: string, signal?: AbortSignal) =>
  json<SourceList>(address(path`sources/${groupId}`), signal);

export const boxes = (signal?: AbortSignal) => json<HighlightBox[]>(address('highlights/boxes'), signal);

export const aperture = (layerId: string, raDeg: number, decDeg: number, radiusArcmin: number, signal?: AbortSignal) =>
  json<ApertureStatistics>(
    address(path`analysis/aperture/${layerId}`, { ra: raDeg, dec: decDeg, radius: radiusArcmin }),
    signal,
  );

/** A number tile as it came over the wire, before it is decoded. */
export interface TileBytes {
  /** Undefined where the map does not reach. */
  bytes: ArrayBuffer | undefined;
  /** False for a preview, which is to be asked for again when the overview is ready. */
  isFinal: boolean;
}

/** Fetch one number tile; `version` makes the address good for ever. */
export async function tile(layerId: string, at: TileAddress, version: string, signal: AbortSignal): Promise<TileBytes> {
  const where = path`layers/${layerId}/${at.level}/${at.y}/${at.x}/tile.bin`;
  const answer = await ask(address(where, { v: version }), signal);
  const isFinal = answer.headers.get('Tile-Quality') !== 'preview';
  return { bytes: answer.status === 204 ? undefined : await answer.arrayBuffer(), isFinal };
}

/** Where a part of the sky can be downloaded, at full resolution and as seen. Nothing is fetched here. */
export function submapAddress(
  layerId: string,
  box: { leftDeg: number; rightDeg: number; topDeg: number; bottomDeg: number },
  fileFormat: 'fits' | 'png' | 'jpg' | 'webp',
  style: Query = {},
): string {
  const where = path`layers/${layerId}/submap/${box.leftDeg}/${box.rightDeg}/${box.topDeg}/${box.bottomDeg}`;
  return address(`${where}/image.${fileFormat}`, fileFormat === 'fits' ? {} : style);
}
