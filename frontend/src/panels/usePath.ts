import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { Layer } from '../api/types';

/** What a band is called that stands for all there are: says nothing. */
const ALL = 'All';

/** Where a layer is in the atlas: the names of its group, map and band, without those that say nothing new. */
export function usePath(layer: Layer | undefined): string[] {
  const isKnown = { enabled: layer !== undefined };
  const groups = useQuery({ ...ask.mapGroups(), ...isKnown }).data;
  const maps = useQuery({ ...ask.mapsOf(layer?.map_group_id ?? ''), ...isKnown }).data;
  const bands = useQuery({ ...ask.bandsOf(layer?.map_id ?? ''), ...isKnown }).data;
  const names = [
    groups?.find(({ map_group_id }) => map_group_id === layer?.map_group_id)?.name,
    maps?.find(({ map_id }) => map_id === layer?.map_id)?.name,
    bands?.find(({ band_id }) => band_id === layer?.band_id)?.name,
  ];
  return [...new Set(names)].filter((name) => name !== undefined && name !== layer?.name && name !== ALL) as string[];
}
