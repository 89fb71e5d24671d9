/** Which part of the sky to ask for, so that one may look around in it before another has to be asked for. */

import { wrapDeg } from './coordinates';
import type { SkyBox } from './grid';

/** How much more than the window is asked for at each side, in windows. */
const AROUND = 0.5;
/** A part that is this much wider than the window has too little in it. */
const WIDEST = 3.5;

/** The part that was asked for before, as long as it serves; else one around the window. */
export function partFor(window: SkyBox, before: SkyBox | undefined): SkyBox {
  return before && serves(before, window) ? before : around(window);
}

function serves(part: SkyBox, window: SkyBox): boolean {
  const [width, partWidth] = [window.eastDeg - window.westDeg, part.eastDeg - part.westDeg];
  if (partWidth > WIDEST * width) return false;
  if (window.southDeg < part.southDeg || window.northDeg > part.northDeg) return false;
  const apart = wrapDeg((window.westDeg + window.eastDeg) / 2 - (part.westDeg + part.eastDeg) / 2);
  return partWidth >= 360 || Math.abs(apart) + width / 2 <= partWidth / 2;
}

function around({ westDeg, eastDeg, southDeg, northDeg }: SkyBox): SkyBox {
  const [across, up] = [AROUND * (eastDeg - westDeg), AROUND * (northDeg - southDeg)];
  const isRound = eastDeg - westDeg + 2 * across >= 360;
  const west = isRound ? -180 : wrapDeg(westDeg - across);
  return {
    westDeg: west,
    eastDeg: isRound ? 180 : west + (eastDeg - westDeg) + 2 * across,
    southDeg: Math.max(-90, southDeg - up),
    northDeg: Math.min(90, northDeg + up),
  };
}

/** How many there would be on the whole sky if it were as full as a part of it. */
export function onWholeSky(count: number, { westDeg, eastDeg, southDeg, northDeg }: SkyBox): number {
  const sine = (deg: number) => Math.sin((deg * Math.PI) / 180);
  const share = ((eastDeg - westDeg) / 360) * ((sine(northDeg) - sine(southDeg)) / 2);
  return share > 0 ? count / share : count;
}
