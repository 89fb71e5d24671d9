import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import type { Insets } from '../map/Graticule';
import { useStore, useView } from '../state/store';
import { useMagnification } from './usePixels';

/** Widths at which there is room for labels between the title and the tools. */
const BROAD = '(min-width: 1280px)';
/** Windows in which two panes lie one above the other: as in SkyView.module.css. */
const UPRIGHT = '(max-aspect-ratio: 1)';
/** What a column of panels, the title, the tools and the foot of the page cover, CSS pixels. */
const COVERED = { column: 308, title: 308, tools: 582, head: 52, foot: 34, bar: [440, 58] } as const;

/** What lies over the sky, and over the second pane beside it. */
export function useInsets(isWide: boolean, isBeside: boolean): { sky: Insets; beside: Insets } {
  const { layers, colour, overlays, regions } = useStore((store) => store.panels);
  const isBroad = useMatch(BROAD);
  const isUpright = useMatch(UPRIGHT);
  const isPair = useView((view) => view.compare?.mode === 'swipe');
  const times = useMagnification();
  const isLeftCovered = isWide && layers;
  const isRightCovered = isWide && (colour || overlays || regions);
  return useMemo(() => {
    const whole: Insets = {
      left: isLeftCovered ? times * COVERED.column : 0,
      right: isRightCovered ? times * COVERED.column : 0,
      bottom: times * COVERED.foot,
      // Two stand side by side where one layer is wiped over the other.
      bar: [isPair ? Number.POSITIVE_INFINITY : times * COVERED.bar[0], times * COVERED.bar[1]],
      ...(isBroad
        ? { top: 0, topLeft: times * COVERED.title, topRight: times * COVERED.tools }
        : { top: times * COVERED.head, topLeft: 0, topRight: 0 }),
    };
    if (!isBeside) return { sky: whole, beside: whole };
    return isUpright
      ? { sky: { ...whole, top: 0, topLeft: 0, topRight: 0 }, beside: { ...whole, bottom: 0 } }
      : { sky: { ...whole, left: 0, topLeft: 0 }, beside: { ...whole, right: 0, topRight: 0 } };
  }, [isBroad, isUpright, isLeftCovered, isRightCovered, isBeside, isPair, times]);
}

function useMatch(query: string): boolean {
  return useMediaQuery(query, matchMedia(query).matches, { getInitialValueInEffect: false });
}
