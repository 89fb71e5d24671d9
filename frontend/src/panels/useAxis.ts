import { useState } from 'react';
import { axisAround, type Span, shows, suits, zoomed } from '../state/axis';
import type { Limits } from '../state/colour';

interface Kept {
  axis: Span;
  /** Somebody zoomed to it: it stays as long as it shows the limits. */
  isChosen: boolean;
}

/** The values that the histogram is drawn over: those around the limits, moved on only when no limit is being dragged. */
export function useAxis(limits: Limits, whole: Span) {
  const [kept, keep] = useState<Kept>(() => ({ axis: axisAround(limits, whole), isChosen: false }));
  const [isHeld, hold] = useState(false);
  const isGood = kept.isChosen ? shows(kept.axis, limits) : suits(kept.axis, limits, whole);
  const next = isHeld || isGood ? kept : { axis: axisAround(limits, whole), isChosen: false };
  if (next.axis.from !== kept.axis.from || next.axis.to !== kept.axis.to) keep(next);
  return {
    axis: next.axis,
    hold,
    zoom: (at: number, times: number) =>
      keep(({ axis }) => ({ axis: zoomed(axis, { at, times }, limits, whole), isChosen: true })),
    showAll: () => keep({ axis: whole, isChosen: true }),
  };
}
