import type { Layer } from '../api/types';
import type { SkyBox } from '../sky/grid';
import { useMap } from './mapHandle';
import { useCurrentLayer } from './useLayer';

/** What a layer covers; the whole sky when it does not say. */
export function coverage(layer: Layer | undefined): SkyBox {
  return {
    westDeg: layer?.bounding_left ?? -180,
    eastDeg: layer?.bounding_right ?? 180,
    southDeg: layer?.bounding_bottom ?? -90,
    northDeg: layer?.bounding_top ?? 90,
  };
}

/** Look at all that the current layer covers. */
export function useWholeMap(): () => void {
  const map = useMap();
  const { layer } = useCurrentLayer();
  return () => map.current?.gaze.fit(coverage(layer));
}
