import { useMediaQuery, useWindowEvent } from '@mantine/hooks';
import { useState } from 'react';

/** The size of letters for which the page is laid out, CSS pixels. */
const STANDARD = 16;

const COARSE = '(pointer: coarse)';

/** How many times larger than usual everything is: on walls of pixels, or because somebody asked for larger letters. */
export function useMagnification(): number {
  const [times, setTimes] = useState(magnification);
  useWindowEvent('resize', () => setTimes(magnification()));
  return times;
}

function magnification(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / STANDARD;
}

/** The height of a row, CSS pixels, as the style sheets have it: `--row` is larger for thumbs. */
export function useRowHeight(pixels: number, forThumbs: number): number {
  const isCoarse = useMediaQuery(COARSE, matchMedia(COARSE).matches, { getInitialValueInEffect: false });
  return Math.round((isCoarse ? forThumbs : pixels) * useMagnification());
}
