import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Insets } from '../map/Graticule';
import { useStore, useView } from '../state/store';
import { useMagnification } from './usePixels';

/** Windows in which two panes lie one above the other: as in SkyView.module.css. */
const UPRIGHT = '(max-aspect-ratio: 1)';
/** What a column of panels, the head of the page, what is said of a difference and the foot cover, CSS pixels. */
const COVERED = { column: 308, head: 52, difference: 58, foot: 34, bar: [440, 58] } as const;

/** What lies over the sky, and over the second pane beside it. */
export function useInsets(isWide: boolean, isBeside: boolean): { sky: Insets; beside: Insets } {
  const { layers, colour, overlays, regions } = useStore((store) => store.panels);
  const isUpright = useMediaQuery(UPRIGHT, matchMedia(UPRIGHT).matches, { getInitialValueInEffect: false });
  const mode = useView((view) => view.compare?.mode);
  const times = useMagnification();
  const isLeftCovered = isWide && layers;
  const isRightCovered = isWide && (colour || overlays || regions);
  return useMemo(() => {
    const whole: Insets = {
      left: isLeftCovered ? times * COVERED.column : 0,
      right: isRightCovered ? times * COVERED.column : 0,
      top: times * (COVERED.head + (mode === 'minus' ? COVERED.difference : 0)),
      bottom: times * COVERED.foot,
      // Two stand side by side where one layer is wiped over the other.
      bar: [mode === 'swipe' ? Number.POSITIVE_INFINITY : times * COVERED.bar[0], times * COVERED.bar[1]],
    };
    if (!isBeside) return { sky: whole, beside: whole };
    return isUpright
      ? { sky: { ...whole, top: 0 }, beside: { ...whole, bottom: 0 } }
      : { sky: { ...whole, left: 0 }, beside: { ...whole, right: 0 } };
  }, [isUpright, isLeftCovered, isRightCovered, isBeside, mode, times]);
}
