import type { Layer } from '../api/types';
import { titlesOf } from '../state/titles';
import { usePath } from './usePath';

/** A layer's name with that of its band, which tells it from its namesakes. */
export function useLayerTitle(layer: Layer | undefined): string {
  const path = usePath(layer);
  return [path.at(-1), layer?.name].filter(Boolean).join(' · ');
}

/** The titles of two layers that are seen together: long enough to tell them apart. */
export function useLayerTitles(one: Layer | undefined, other: Layer | undefined): [string, string] {
  const [path, otherPath] = [usePath(one), usePath(other)];
  return titlesOf([...path, one?.name ?? ''], [...otherPath, other?.name ?? '']);
}
