/** The only place that talks to the network. */

import type { TileAddress } from '../sky/grid';
import { PackedSources } from './packedSources';
import type { operations, paths } from './schema';

/** What a page says that is not served from where the API is. */
const NAMED = 'meta[name="tilemaker-api"]';

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

/** What the server's description says of a path: what goes into it, what may follow it, and what comes back. */
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer A } } } };
}
  ? A
  : never;
type Places<P extends keyof paths> = paths[P] extends { get: { parameters: { path: infer W } } } ? W & object : object;
type Query<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : object;

interface Request<P extends keyof paths> {
  places?: Places<P> & object;
  query?: Query<P> & object;
  signal?: AbortSignal | undefined;
}

/** Ask for an answer in JSON. Raises `ApiError`, or an `AbortError` by the signal. */
async function get<P extends keyof paths>(path: P, { places, query, signal }: Request<P>): Promise<Answer<P>> {
  return (await (await ask(address(path, places, query), signal)).json()) as Answer<P>;
}

/**
 * Where the API is: beside the page, which may live under any path, unless the page itself names another place, relative to its
 * own address or in full.
 */
export function apiAddress(pageAddress: string, named: string | null | undefined): URL {
  return new URL(named ? named.replace(/\/*$/, '/') : '.', new URL('.', pageAddress));
}

const api = (): URL => apiAddress(document.baseURI, document.querySelector<HTMLMetaElement>(NAMED)?.content);

/** An address under the API's. Names in braces are replaced. */
export function address(path: string, places: object = {}, query: object = {}): string {
  const filled = Object.entries(places).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    path,
  );
  const url = new URL(filled.replace(/^\//, ''), api());
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  return url.href;
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
  const sentence = GATEWAY[answer.status] ?? 'The tilemaker server could not answer';
  return `${sentence} (${`${answer.status} ${answer.statusText}`.trim()}).`;
}

/** What a server says that stands before tilemaker's. */
const GATEWAY: Readonly<Record<number, string>> = {
  502: 'The tilemaker server is not there: the one before it cannot reach it',
  503: 'The tilemaker server is busy, or is being started',
  504: 'The tilemaker server did not answer in time',
};

export const mapGroups = (signal?: AbortSignal) => get('/map-groups', { signal });

export const mapsOf = (groupId: string, signal?: AbortSignal) =>
  get('/map-groups/{map_group_id}/maps', { places: { map_group_id: groupId }, signal });

export const bandsOf = (mapId: string, signal?: AbortSignal) =>
  get('/maps/{map_id}/bands', { places: { map_id: mapId }, signal });

export const layersOf = (bandId: string, signal?: AbortSignal) =>
  get('/bands/{band_id}/layers', { places: { band_id: bandId }, signal });

export const defaultLayer = (signal?: AbortSignal) => get('/layers/default', { signal });

export const layer = (layerId: string, signal?: AbortSignal) =>
  get('/layers/{layer_id}', { places: { layer_id: layerId }, signal });

export const search = (words: string, signal?: AbortSignal) => get('/search', { query: { q: words }, signal });

export const histogram = (layerId: string, signal?: AbortSignal) =>
  get('/histograms/data/{layer_id}', { places: { layer_id: layerId }, signal });

/** The exact pixel under a position. */
export const value = (layerId: string, raDeg: number, decDeg: number, signal?: AbortSignal) =>
  get('/layers/{layer_id}/value', { places: { layer_id: layerId }, query: { ra: raDeg, dec: decDeg }, signal });

export const sourceGroups = (signal?: AbortSignal) => get('/sources', { signal });

export const sourcesOf = (groupId: string, signal?: AbortSignal) =>
  get('/sources/{source_group_id}', { places: { source_group_id: groupId }, signal });

export const sourceDescription = (groupId: string, signal?: AbortSignal) =>
  get('/sources/{source_group_id}/description', { places: { source_group_id: groupId }, signal });

export const sourcesNamed = (groupId: string, words: string, limit: number, signal?: AbortSignal) =>
  get('/sources/{source_group_id}/named', { places: { source_group_id: groupId }, query: { q: words, limit }, signal });

/** Everything that is known of one source. */
export const source = (groupId: string, row: number, signal?: AbortSignal) =>
  get('/sources/{source_group_id}/rows/{row}', { places: { source_group_id: groupId, row }, signal });

/** How to choose among sources; by default as their list says. */
interface Choice {
  limit: number;
  by?: string;
  descending?: boolean;
}

const WITHIN = '/sources/{source_group_id}/box/{left}/{right}/{top}/{bottom}/sources.{ext}' satisfies keyof paths;

/** The sources of a part of the sky that matter most, with all that is known of them. */
export const sourcesWithin = (groupId: string, part: Part, choice: Choice, signal?: AbortSignal) =>
  get(WITHIN, { places: { source_group_id: groupId, ...part, ext: 'json' }, query: choice, signal });

/** As many of them as can be drawn, and no more than where they are. */
export async function packedSources(groupId: string, part: Part, choice: Choice, signal?: AbortSignal) {
  const answer = await ask(address(WITHIN, { source_group_id: groupId, ...part, ext: 'bin' }, choice), signal);
  return new PackedSources(await answer.arrayBuffer());
}

export const regionGroups = (signal?: AbortSignal) => get('/regions', { signal });

export const regionsOf = (groupId: string, signal?: AbortSignal) =>
  get('/regions/{region_group_id}', { places: { region_group_id: groupId }, signal });

export const loginState = (signal?: AbortSignal) => get('/login-state', { signal });

export const boxes = (signal?: AbortSignal) => get('/highlights/boxes', { signal });

export const aperture = (layerId: string, raDeg: number, decDeg: number, radiusArcmin: number, signal?: AbortSignal) =>
  get('/analysis/aperture/{layer_id}', {
    places: { layer_id: layerId },
    query: { ra: raDeg, dec: decDeg, radius: radiusArcmin },
    signal,
  });

/** A number tile as it came over the wire, before it is decoded. */
export interface TileBytes {
  /** Undefined where the map does not reach. */
  bytes: ArrayBuffer | undefined;
  /** False for a preview, which is to be asked for again when the overview is ready. */
  isFinal: boolean;
}

/** Fetch one number tile; `version` makes the address good for ever. */
export async function tile(layerId: string, at: TileAddress, version: string, signal: AbortSignal): Promise<TileBytes> {
  const path = '/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}' satisfies keyof paths;
  const answer = await ask(address(path, { layer_id: layerId, ...at, ext: 'bin' }, { v: version }), signal);
  const isFinal = answer.headers.get('Tile-Quality') !== 'preview';
  return { bytes: answer.status === 204 ? undefined : await answer.arrayBuffer(), isFinal };
}

/** Where the picture of a tile is, coloured by the server. Fetches nothing. */
export function pictureAddress(layerId: string, at: TileAddress, version: string, style: Picture): string {
  const path = '/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}' satisfies keyof paths;
  return address(path, { layer_id: layerId, ...at, ext: 'png' }, { ...style, v: version });
}

/** Where the tiles of a level are as NumPy arrays, with `{y}` and `{x}` for their rows and columns. Fetches nothing. */
export function numbersAddress(layerId: string, level: number, version: string): string {
  const places = { layer_id: layerId, level, y: 'row', x: 'column', ext: 'npy' };
  const path = '/layers/{layer_id}/{level}/{y}/{x}/tile.{ext}' satisfies keyof paths;
  return address(path, places, { v: version }).replace('/row/column/', '/{y}/{x}/');
}

/** A part of the sky, degrees. */
export interface Part {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Colours of a picture. Names of colour maps are text here: a link or a configuration may hold any. */
type Picture = Omit<NonNullable<operations['get_submap']['parameters']['query']>, 'cmap'> & { cmap: string };

/** Where a part of the sky can be downloaded at full resolution: as numbers, or as a picture as it is seen. Fetches nothing. */
export function submapAddress(
  layerId: string,
  part: Part,
  fileFormat: 'fits' | 'png' | 'jpg' | 'webp',
  style: Picture,
): string {
  const path = '/layers/{layer_id}/submap/{left}/{right}/{top}/{bottom}/image.{ext}' satisfies keyof paths;
  return address(path, { layer_id: layerId, ...part, ext: fileFormat }, fileFormat === 'fits' ? {} : style);
}
