/** Server state for the panels: one query per question, kept and cancelled by TanStack Query. */

import { QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import type { Position } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import type { Order } from '../state/table';
import * as client from './client';
import type { SourceDescription } from './types';

/** How often a layer is asked how far its overview has come, milliseconds. */
const POLL_MS = 1000;

/** After how long what could not be had is asked for again by itself, milliseconds. */
export const RECOVER_MS = 4000;

/** How often a login is asked after, which renews it when it is half over, milliseconds. */
const LOGIN_MS = 4 * 60_000;

export const queries: QueryClient = new QueryClient({
  // A login that has expired is renewed by asking after it, where that is possible.
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof client.ApiError && error.status === 401) {
        void queries.invalidateQueries({ queryKey: loginState().queryKey });
      }
    },
  }),
  defaultOptions: {
    // The server may well be on this machine, or on a network that has no way out.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => failures < 2 && isPassing(error),
      retryDelay: (failures) => 400 * 3 ** failures,
      refetchInterval: ({ state: { error } }) => isPassing(error) && RECOVER_MS,
    },
  },
});

function isPassing(error: Error | null): boolean {
  return error instanceof client.ApiError && error.isPassing;
}

/** Who is logged in. */
export const loginState = () =>
  queryOptions({
    queryKey: ['login-state'],
    queryFn: ({ signal }) => client.loginState(signal),
    refetchInterval: ({ state }) => (state.data?.logged_in ? LOGIN_MS : false),
  });

export const mapGroups = () =>
  queryOptions({ queryKey: ['map-groups'], queryFn: ({ signal }) => client.mapGroups(signal) });

export const mapsOf = (groupId: string) =>
  queryOptions({ queryKey: ['maps-of', groupId], queryFn: ({ signal }) => client.mapsOf(groupId, signal) });

export const bandsOf = (mapId: string) =>
  queryOptions({ queryKey: ['bands-of', mapId], queryFn: ({ signal }) => client.bandsOf(mapId, signal) });

export const layersOf = (bandId: string) =>
  queryOptions({ queryKey: ['layers-of', bandId], queryFn: ({ signal }) => client.layersOf(bandId, signal) });

export const defaultLayer = () =>
  queryOptions({ queryKey: ['default-layer'], queryFn: ({ signal }) => client.defaultLayer(signal) });

/** A layer; asked again each second while its overview is being built, and now and then while it cannot be had. */
export const layer = (layerId: string | undefined) =>
  queryOptions({
    queryKey: ['layer', layerId],
    queryFn: ({ signal }) => client.layer(layerId!, signal),
    enabled: layerId !== undefined,
    refetchInterval: ({ state: { data, error } }) => {
      if (isPassing(error) || data?.available === false) return RECOVER_MS;
      return data && !data.is_final && POLL_MS;
    },
  });

/** Ask for what the first picture needs at once, before the page is laid out: of a layer, or of the server's first one. */
export async function fetchAhead(layerId: string | undefined): Promise<void> {
  try {
    const asked = layerId ? await queries.fetchQuery(layer(layerId)) : (await queries.fetchQuery(defaultLayer())).layer;
    if (asked?.available) await queries.fetchQuery(histogram(asked.layer_id, asked.version ?? '', asked.is_final));
  } catch {
    // Whoever needs it will ask again, and say what is wrong.
  }
}

export const search = (words: string) =>
  queryOptions({
    queryKey: ['search', words],
    queryFn: ({ signal }) => client.search(words, signal),
    enabled: words.length > 0,
    placeholderData: (previous) => previous,
  });

/** The histogram of a layer. `isFinal` is part of the question: real counts replace those of the preview. */
export const histogram = (layerId: string, version: string, isFinal: boolean) =>
  queryOptions({
    queryKey: ['histogram', layerId, version, isFinal],
    queryFn: ({ signal }) => client.histogram(layerId, signal),
    placeholderData: (previous) => (previous?.layer_id === layerId ? previous : undefined),
    refetchInterval: ({ state }) => (isFinal && state.data?.is_final === false ? POLL_MS : false),
  });

export const sourceGroups = () =>
  queryOptions({ queryKey: ['source-groups'], queryFn: ({ signal }) => client.sourceGroups(signal) });

export const sourcesOf = (groupId: string) =>
  queryOptions({ queryKey: ['sources-of', groupId], queryFn: ({ signal }) => client.sourcesOf(groupId, signal) });

/** Longer lists than this are asked for a part at a time. */
const LONG = 50_000;
/** Sources that are drawn at a time, and rows of a table. */
const MOST_DRAWN = 50_000;
const MOST_LISTED = 1000;

/** How long a list is, and what it says of its sources. */
export const sourceDescription = (groupId: string) =>
  queryOptions({
    queryKey: ['source-description', groupId],
    queryFn: ({ signal }) => client.sourceDescription(groupId, signal),
  });

export const isLong = (description: SourceDescription | undefined) =>
  description && description.number_of_sources > LONG;

/** The most important sources of a long list in a part of the sky, to be drawn. */
export const packedSources = (groupId: string, part: SkyBox | undefined) =>
  queryOptions({
    queryKey: ['packed-sources', groupId, part],
    queryFn: ({ signal }) => client.packedSources(groupId, partOf(part!), { limit: MOST_DRAWN }, signal),
    enabled: part !== undefined,
    gcTime: 30_000,
  });

/** And to be listed; by a field of numbers, if one is named. */
export const sourcesWithin = (groupId: string, window: SkyBox | undefined, order: Order | undefined) =>
  queryOptions({
    queryKey: ['sources-within', groupId, window, order],
    queryFn: ({ signal }) => {
      const choice = { limit: MOST_LISTED, ...(order && { by: order.by, descending: order.isDown }) };
      return client.sourcesWithin(groupId, partOf(window!), choice, signal);
    },
    enabled: window !== undefined,
    gcTime: 30_000,
    placeholderData: (previous) => previous,
  });

export const sourcesNamed = (groupId: string, words: string, limit: number) =>
  queryOptions({
    queryKey: ['sources-named', groupId, words, limit],
    queryFn: ({ signal }) => client.sourcesNamed(groupId, words, limit, signal),
    enabled: words.length > 1,
    gcTime: 30_000,
  });

/** Everything that is known of one source. */
export const source = (groupId: string, row: number) =>
  queryOptions({ queryKey: ['source', groupId, row], queryFn: ({ signal }) => client.source(groupId, row, signal) });

function partOf({ westDeg, eastDeg, northDeg, southDeg }: SkyBox): client.Part {
  const short = (deg: number) => Number(deg.toFixed(6));
  return { left: short(westDeg), right: short(eastDeg), top: short(northDeg), bottom: short(southDeg) };
}

export const regionGroups = () =>
  queryOptions({ queryKey: ['region-groups'], queryFn: ({ signal }) => client.regionGroups(signal) });

export const regionsOf = (groupId: string) =>
  queryOptions({ queryKey: ['regions-of', groupId], queryFn: ({ signal }) => client.regionsOf(groupId, signal) });

export const boxes = () => queryOptions({ queryKey: ['boxes'], queryFn: ({ signal }) => client.boxes(signal) });

/** The exact value at a position; undefined asks nothing. */
export const value = (layerId: string, at: Position | undefined) =>
  queryOptions({
    queryKey: ['value', layerId, at?.raDeg, at?.decDeg],
    queryFn: ({ signal }) => client.value(layerId, at!.raDeg, at!.decDeg, signal),
    gcTime: 30_000,
    retry: false,
  });

/** Statistics within a circle. Those of the circle before stay until the new ones come. */
export const aperture = (layerId: string, version: string, isFinal: boolean, at: Position & { radiusArcmin: number }) =>
  queryOptions({
    queryKey: ['aperture', layerId, version, isFinal, at.raDeg, at.decDeg, at.radiusArcmin],
    queryFn: ({ signal }) => client.aperture(layerId, at.raDeg, at.decDeg, at.radiusArcmin, signal),
    gcTime: 60_000,
    placeholderData: (previous) => (previous?.layer_id === layerId ? previous : undefined),
  });
