import { useQueries, useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { HighlightBox } from '../api/types';
import { format, parsePosition } from '../sky/coordinates';
import { showLayer } from '../state/actions';
import { useStore, useView } from '../state/store';
import { useMap } from './mapHandle';
import { wordsOf } from './tree';
import { useFlight, useSourceFlight } from './useFlight';
import { useFound } from './useTree';

export interface Destination {
  kind: 'position' | 'layer' | 'source' | 'box' | 'lookup';
  key: string;
  name: string;
  detail: string;
  go(): void;
}

/** Most of one kind that are offered. */
const MOST = 6;

/** What typed words may mean: a position first, then layers, sources and boxes by name. */
export function useDestinations(words: string, settled: string): Destination[] {
  return [
    ...usePositions(words),
    ...useLayers(settled),
    ...useBoxes(words),
    ...useRegions(words),
    ...useSources(words, settled),
  ];
}

function usePositions(words: string): Destination[] {
  const fly = useFlight();
  const at = parsePosition(words);
  if (!at) return [];
  const detail = format(at, 'sexagesimal', 1 / 3600);
  return [
    {
      kind: 'position',
      key: 'position',
      name: format(at, 'degrees', 1e-4),
      detail,
      go: () => {
        useStore.getState().note({ sought: at });
        fly(at.raDeg, at.decDeg);
      },
    },
  ];
}

function useLayers(settled: string): Destination[] {
  const { rows } = useFound(wordsOf(settled));
  const nameOf = new Map(rows.map(({ key, node }) => [key, node.name]));
  return rows
    .filter(({ node }) => node.kind === 'layer')
    .slice(0, MOST)
    .map(({ node, key, parentKey }) => ({
      kind: 'layer',
      key,
      name: node.name,
      detail: nameOf.get(parentKey ?? '') ?? '',
      go: () => showLayer(node.id),
    }));
}

function useBoxes(words: string): Destination[] {
  const map = useMap();
  const boxes = useQuery(ask.boxes()).data ?? [];
  return boxes
    .filter(({ name }) => matches(name, words))
    .slice(0, MOST)
    .map((box) => ({
      kind: 'box',
      key: `box ${box.name}`,
      name: box.name,
      detail: 'box',
      go: () => map.current?.gaze.fit(skyBoxOf(box)),
    }));
}

/** The sky within a box of the configuration, which the server gives from the lowest right ascension eastward. */
export function skyBoxOf(box: HighlightBox) {
  const [westDeg, eastDeg] = [box.top_left_ra, box.bottom_right_ra];
  const [southDeg, northDeg] = [box.bottom_right_dec, box.top_left_dec].sort((a, b) => a - b) as [number, number];
  return { westDeg, eastDeg, southDeg, northDeg };
}

function useSources(words: string, settled: string): Destination[] {
  const fly = useSourceFlight();
  const groups = useQuery(ask.sourceGroups()).data ?? [];
  const isAsked = words.length > 1;
  const descriptions = useQueries({
    queries: groups.map((group) => ({ ...ask.sourceDescription(group.source_group_id), enabled: isAsked })),
  }).map(({ data }) => data);
  const lists = useQueries({
    queries: groups.map((group, i) => ({
      ...ask.sourcesOf(group.source_group_id),
      enabled: isAsked && ask.isLong(descriptions[i]) === false,
    })),
  });
  const named = useQueries({
    queries: groups.map((group, i) => ({
      ...ask.sourcesNamed(group.source_group_id, settled, MOST),
      enabled: isAsked && settled.length > 1 && ask.isLong(descriptions[i]) === true,
    })),
  });
  const ofLong = named.flatMap(({ data }, i) =>
    (data?.sources ?? []).map((source) => ({
      kind: 'source' as const,
      key: `source ${groups[i]!.source_group_id} ${source.row}`,
      name: source.name ?? '',
      detail: groups[i]!.name,
      go: () => fly(source, groups[i]!.source_group_id),
    })),
  );
  const ofShort = lists.flatMap(({ data }) =>
    (data?.sources ?? [])
      .filter(({ name }) => matches(name, words))
      .slice(0, MOST)
      .map((source, i) => ({
        kind: 'source' as const,
        key: `source ${data!.source_group_id} ${i}`,
        name: source.name ?? '',
        detail: data!.name,
        go: () => fly(source, data!.source_group_id),
      })),
  );
  return [...ofShort, ...ofLong];
}

/** Regions of the lists that are shown. */
function useRegions(words: string): Destination[] {
  const fly = useFlight();
  const hidden = useView((view) => view.hiddenRegions);
  const groups = useQuery(ask.regionGroups()).data ?? [];
  const lists = useQueries({
    queries: groups.map(({ region_group_id }) => ({
      ...ask.regionsOf(region_group_id),
      enabled: words.length > 1 && !hidden.includes(region_group_id),
    })),
  });
  return lists.flatMap(({ data }) =>
    (data?.regions ?? [])
      .filter(({ name }) => matches(name, words))
      .slice(0, MOST)
      .map((region, i) => ({
        kind: 'box' as const,
        key: `region ${data!.region_group_id} ${i}`,
        name: region.name ?? '',
        detail: data!.name,
        go: () => fly(region.ra, region.dec),
      })),
  );
}

function matches(name: string | null, words: string): boolean {
  return words.length > 1 && Boolean(name?.toLowerCase().includes(words.toLowerCase()));
}
