import { useMemo } from 'react';
import type { Counts } from '../api/count';
import { hasGraphics } from '../map/PictureLayer';
import type { Shown } from '../map/Stack';
import { type Colour, differenceColour } from '../state/colour';
import { printedUnit } from '../state/numbers';
import { useStore, useView } from '../state/store';
import { colourKey } from '../state/view';
import { type LayerState, useCurrentLayer, usePreviousLayer } from './useLayer';

/** What is seen, and whose colours are set: the current layer, or its difference from the one before. */
export interface Seen {
  /** The layer, or that from which the other is taken away. */
  layer: LayerState['layer'];
  /** The layer that is taken away. */
  minus: LayerState['layer'];
  units: string | null;
  histogram: Counts | undefined;
  /** The histogram is of what is in the window. */
  isOfView: boolean;
  colour: Colour | undefined;
  shown: Shown | undefined;
}

export function useSeen(): Seen {
  const current = useCurrentLayer();
  const other = usePreviousLayer(useIsDifference());
  const change = useView((view) => view.colours[colourKey(view) ?? '']);
  const reach = useView((view) => view.reaches[colourKey(view) ?? '']);
  const inView = useStore((store) => store.viewCounts);
  const colour = useMemo(
    () =>
      current.colour &&
      other.colour &&
      differenceColour({ of: [current.colour, other.colour], reach, counts: inView }, change),
    [current.colour, other.colour, reach, inView, change],
  );
  const isProvisional = reach === undefined && (change?.vmin === undefined || change.vmax === undefined);
  const shown = useMemo(
    () => differenceOf(current.shown, other.shown, colour, isProvisional),
    [current.shown, other.shown, colour, isProvisional],
  );
  if (!shown || !colour) return ofLayer(current, inView);
  const units = differenceUnits(current.layer?.units, other.layer?.units);
  return { layer: current.layer, minus: other.layer, units, histogram: inView, isOfView: true, colour, shown };
}

/** What fills the window right now: what is seen, or the layer before for as long as a blink lasts. */
export function useFront(): Seen {
  const seen = useSeen();
  const isBlinking = useStore((store) => store.blinking);
  const before = usePreviousLayer(isBlinking);
  return isBlinking && before.shown ? ofLayer(before, undefined) : seen;
}

/** Whether one layer is to be taken away from another, and can be: pictures have no numbers. */
export function useIsDifference(): boolean {
  const isAsked = useView(({ compare, previousId }) => compare?.mode === 'minus' && previousId !== undefined);
  const isPictures = useView((view) => view.pictures);
  return isAsked && !isPictures && hasGraphics();
}

function ofLayer({ layer, histogram, colour, shown }: LayerState, inView: Counts | undefined): Seen {
  const units = layer?.units ?? null;
  return { layer, minus: undefined, units, histogram: inView ?? histogram, isOfView: !!inView, colour, shown };
}

function differenceOf(
  of: Shown | undefined,
  other: Shown | undefined,
  colour: Colour | undefined,
  isProvisional: boolean,
): Shown | undefined {
  return of && other && colour && { tiled: { ...of.tiled, minus: other.tiled }, colour, isProvisional };
}

/** The unit of a difference: that of both, or the two of them where they are not the same. */
export function differenceUnits(of: string | null | undefined, other: string | null | undefined): string | null {
  return of === other ? (of ?? null) : `${printedUnit(of) || '1'} − ${printedUnit(other) || '1'}`;
}
