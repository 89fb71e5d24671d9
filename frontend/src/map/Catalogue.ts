import type { PackedSources } from '../api/packedSources';
import type { Source } from '../api/types';
import { across, type Orientation, type Position, wrapDeg } from '../sky/coordinates';

/** How near the pointer must be to a source, CSS pixels. */
const REACH = 10;

/** Colours of the lists, told apart by people of every colour vision, on blue, red and grey skies. */
const LIST_COLOURS = ['#4ade80', '#facc15', '#f472b6', '#38bdf8', '#fb923c', '#c084fc'] as const;

export function colourOfList(index: number): string {
  return LIST_COLOURS[index % LIST_COLOURS.length]!;
}

/** A whole list, or the part of a long one that is here. */
export type Sources = readonly Source[] | PackedSources;

/** The sources of one list, laid out for looking through a hundred thousand of them at each movement of the pointer. */
export class Catalogue {
  readonly colour: string;
  readonly sources: Sources;
  /** How many there would be on the whole sky if it were as full as where these are. */
  readonly crowd: number;
  readonly #ra: Float64Array;
  readonly #dec: Float64Array;

  constructor(sources: Sources, colour: string, crowd = sources.length) {
    this.sources = sources;
    this.colour = colour;
    this.crowd = crowd;
    this.#ra = isPacked(sources) ? sources.ra : Float64Array.from(sources, ({ ra }) => wrapDeg(ra));
    this.#dec = isPacked(sources) ? sources.dec : Float64Array.from(sources, ({ dec }) => dec);
  }

  /** The source nearest to a position, if it is near enough on the screen. */
  nearest({ raDeg, decDeg }: Position, resolutionDeg: number): { source: Source; pixels: number } | undefined {
    const ra = wrapDeg(raDeg);
    let best = -1;
    let bestSquare = (REACH * resolutionDeg) ** 2;
    for (let i = 0; i < this.#dec.length; i++) {
      const up = this.#dec[i]! - decDeg;
      if (up * up > bestSquare) continue;
      const apart = Math.abs(this.#ra[i]! - ra);
      const along = Math.min(apart, 360 - apart);
      const square = along * along + up * up;
      if (square <= bestSquare) [best, bestSquare] = [i, square];
    }
    return best < 0 ? undefined : { source: this.sources.at(best)!, pixels: Math.sqrt(bestSquare) / resolutionDeg };
  }

  /**
   * Places on the plane for the graphics card: x and y, each as a number of single precision and what it leaves over, so that
   * sources stay on their pixels however far one zooms in.
   */
  vertices(orientation: Orientation): Float32Array {
    const vertices = new Float32Array(4 * this.#ra.length);
    for (let i = 0; i < this.#ra.length; i++) {
      const x = wrapDeg(across(this.#ra[i]!, orientation));
      const y = this.#dec[i]!;
      vertices.set([x, y, x - Math.fround(x), y - Math.fround(y)], 4 * i);
    }
    return vertices;
  }
}

function isPacked(sources: Sources): sources is PackedSources {
  return 'ra' in sources;
}

/** The source nearest to a position in any of several catalogues, and the list that has it. */
export function nearestOf(
  catalogues: ReadonlyMap<string, Catalogue>,
  at: Position,
  resolutionDeg: number,
): { source: Source; groupId: string } | undefined {
  const found = [...catalogues].flatMap(([groupId, catalogue]) => {
    const nearest = catalogue.nearest(at, resolutionDeg);
    return nearest ? [{ ...nearest, groupId }] : [];
  });
  const best = found.sort((a, b) => a.pixels - b.pixels)[0];
  return best && { source: best.source, groupId: best.groupId };
}
