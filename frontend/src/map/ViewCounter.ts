import type { Extent } from 'ol/extent';
import type { Counts } from '../api/count';
import { countAway } from '../api/decoder';
import { SkyLayer } from './SkyLayer';
import type { Part } from './Stack';

/** Numbers that are counted, at most: enough for any histogram, and copied within a frame. */
const MOST = 300_000;

/** Counts how often each value occurs in the window, once all that belongs there is drawn. */
export class ViewCounter {
  readonly #onCounts: (counts: Counts | undefined, key: string) => void;
  #isOn = false;
  #counted: { layer: Part; loaded: number; where: string } | undefined;

  constructor(onCounts: (counts: Counts | undefined, key: string) => void) {
    this.#onCounts = onCounts;
  }

  /** Begin to count, or stop. */
  switch(on: boolean): void {
    this.#isOn = on;
    this.forget();
  }

  /** What was counted is not what is shown any more. */
  forget(): void {
    this.#counted = undefined;
    this.#onCounts(undefined, '');
  }

  /** Take note that the window was drawn. Colours alone are no reason to count again. */
  async count(layer: Part | undefined, extent: Extent, resolutionDeg: number): Promise<void> {
    if (!this.#isOn || !(layer instanceof SkyLayer)) return;
    const now = { layer, loaded: layer.tiles.loaded, where: String(extent) };
    const before = this.#counted;
    if (before?.layer === layer && before.loaded === now.loaded && before.where === now.where) return;
    this.#counted = now;
    const counts = await countAway(layer.tiles.valuesIn(extent, resolutionDeg, MOST));
    if (this.#counted === now) this.#onCounts(counts, layer.tiles.layerKey);
  }
}
