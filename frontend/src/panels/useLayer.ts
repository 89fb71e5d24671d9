import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import * as ask from '../api/queries';
import type { Histogram, Layer } from '../api/types';
import type { Shown } from '../map/Stack';
import { type Colour, resolveColour } from '../state/colour';
import { useView } from '../state/store';

/** Everything that is known of one layer. */
export interface LayerState {
  layer: Layer | undefined;
  histogram: Histogram | undefined;
  colour: Colour | undefined;
  /** What the map needs, once it is all there. */
  shown: Shown | undefined;
  error: Error | null;
  retry(): void;
}

export function useLayer(layerId: string | undefined): LayerState {
  const asked = useQuery(ask.layer(layerId));
  const layer = asked.data;
  const isReadable = Boolean(layer?.available);
  const counted = useQuery({
    ...ask.histogram(layerId ?? '', layer?.version ?? '', layer?.is_final ?? false),
    enabled: isReadable,
  });
  const change = useView(({ colours }) => (layerId ? colours[layerId] : undefined));
  const histogram = counted.data;
  const colour = useMemo(() => layer && resolveColour(layer, histogram, change), [layer, histogram, change]);
  const shown = useMemo(() => layer && colour && shownOf(layer, colour), [layer, colour]);
  return { layer, histogram, colour, shown, error: asked.error, retry: () => void asked.refetch() };
}

function shownOf(layer: Layer, colour: Colour): Shown | undefined {
  const { grid, encoding, version } = layer;
  if (!layer.available || !grid || !encoding || version === null || version === undefined) return undefined;
  const pyramid = {
    pixelDeg: grid.pixel_deg,
    tileSize: grid.tile_size,
    levels: grid.levels,
    westDeg: grid.west_deg,
    southDeg: grid.south_deg,
  };
  return { tiled: { layerId: layer.layer_id, version, grid: pyramid, encoding, isFinal: layer.is_final }, colour };
}

/** The layer that is being looked at. */
export function useCurrentLayer(): LayerState {
  return useLayer(useView(({ layerId }) => layerId));
}

/** The layer shown before it, when something needs it. */
export function usePreviousLayer(isNeeded: boolean): LayerState {
  const previousId = useView((view) => view.previousId);
  return useLayer(isNeeded ? previousId : undefined);
}
