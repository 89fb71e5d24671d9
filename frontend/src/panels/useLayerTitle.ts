import type { Layer } from '../api/types';
import { usePath } from './usePath';

/** A layer's name with that of its band, which tells it from its namesakes. */
export function useLayerTitle(layer: Layer | undefined): string {
  const path = usePath(layer);
  return [path.at(-1), layer?.name].filter(Boolean).join(' · ');
}
