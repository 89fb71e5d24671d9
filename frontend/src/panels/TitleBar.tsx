import { IconLayoutSidebar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { Layer } from '../api/types';
import { useStore } from '../state/store';
import classes from './TitleBar.module.css';
import { useCurrentLayer } from './useLayer';

/** What is being looked at; a click shows the list of what else there is. */
export function TitleBar() {
  const { layer } = useCurrentLayer();
  const path = usePath(layer);
  const isOpen = useStore((store) => store.panels.layers);
  const toggle = useStore((store) => store.toggle);
  return (
    <button
      type="button"
      className={classes.bar}
      aria-expanded={isOpen}
      aria-label={`${layer?.name ?? 'No layer'}. ${isOpen ? 'Hide' : 'Show'} the list of layers`}
      title={layer?.description ?? undefined}
      onClick={() => toggle('layers')}
    >
      <IconLayoutSidebar size={17} stroke={1.6} aria-hidden />
      <span className={classes.words}>
        <span className={classes.name}>{layer?.name ?? 'tilemaker'}</span>
        {path && <span className={classes.description}>{path}</span>}
      </span>
    </button>
  );
}

/** Where a layer is in the atlas, in words: map and band, or the group where they say nothing more. */
function usePath(layer: Layer | undefined): string {
  const isKnown = { enabled: layer !== undefined };
  const groups = useQuery({ ...ask.mapGroups(), ...isKnown }).data;
  const maps = useQuery({ ...ask.mapsOf(layer?.map_group_id ?? ''), ...isKnown }).data;
  const bands = useQuery({ ...ask.bandsOf(layer?.map_id ?? ''), ...isKnown }).data;
  const names = [
    groups?.find(({ map_group_id }) => map_group_id === layer?.map_group_id)?.name,
    maps?.find(({ map_id }) => map_id === layer?.map_id)?.name,
    bands?.find(({ band_id }) => band_id === layer?.band_id)?.name,
  ];
  return [...new Set(names)].filter((name) => name && name !== layer?.name).join(' · ');
}
