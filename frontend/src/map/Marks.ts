import Feature from 'ol/Feature';
import MultiPoint from 'ol/geom/MultiPoint';
import MultiPolygon from 'ol/geom/MultiPolygon';
import { Fill, Stroke, Style } from 'ol/style';
import { across, type Orientation, type Position } from '../sky/coordinates';
import { circle, type Mark, type Part, partAt, titleOf } from '../state/marks';
import { nameText } from './nameText';
import { Overlay } from './Overlay';
import { turnsOf } from './ring';

/** How near the pointer must be to an edge, CSS pixels. */
const REACH = 7;

const QUIET = '#7dd3fc';
const CHOSEN = '#fde047';

/** What can be taken hold of somewhere. */
export interface Hold {
  mark: Mark;
  part: Part;
}

/** The regions that people drew. */
export class Marks {
  #marks: readonly Mark[] = [];
  readonly layer = new Overlay<MultiPolygon>(35, (feature) =>
    outline(feature.get('name') as string, feature.get('isChosen') as boolean),
  );

  place(marks: readonly Mark[], chosenId: string | undefined, orientation: Orientation): void {
    this.#marks = marks;
    this.layer.place(
      marks.map((mark) => {
        const geometry = new MultiPolygon(copies(cornersOf(mark), orientation));
        const tops = topsOf(geometry);
        return new Feature({ geometry, tops, name: titleOf(mark, marks), isChosen: mark.id === chosenId });
      }),
    );
  }

  get all(): readonly Mark[] {
    return this.#marks;
  }

  /** What is under a position, the one drawn last first. */
  holdAt(at: Position, resolutionDeg: number): Hold | undefined {
    for (const mark of [...this.#marks].reverse()) {
      const part = partAt(mark, at, REACH * resolutionDeg);
      if (part) return { mark, part };
    }
    return undefined;
  }
}

function cornersOf(mark: Mark): Position[] {
  if (mark.kind === 'aperture') return circle(mark);
  const { westDeg, eastDeg, southDeg, northDeg } = mark;
  return [
    [westDeg, southDeg],
    [westDeg, northDeg],
    [eastDeg, northDeg],
    [eastDeg, southDeg],
    [westDeg, southDeg],
  ].map(([raDeg, decDeg]) => ({ raDeg: raDeg!, decDeg: decDeg! }));
}

/** A ring on the plane; twice when it runs over the plane's edge, once at each side. */
function copies(corners: readonly Position[], orientation: Orientation): number[][][][] {
  const xs = corners.map(({ raDeg }) => across(raDeg, orientation));
  const ring = (turn: number) => [corners.map(({ decDeg }, i) => [xs[i]! + turn, decDeg])];
  return turnsOf(Math.min(...xs), Math.max(...xs)).map(ring);
}

function outline(name: string, isChosen: boolean): Style[] {
  const color = isChosen ? CHOSEN : QUIET;
  const label = nameText(name, color);
  return [
    new Style({ stroke: new Stroke({ color: 'rgba(0,0,0,.6)', width: 4 }) }),
    new Style({
      stroke: new Stroke({ color, width: isChosen ? 2 : 1.5 }),
      fill: new Fill({ color: 'rgba(255,255,255,.03)' }),
    }),
    new Style({ geometry: (feature) => feature.get('tops') as MultiPoint, text: label }),
  ];
}

/** The middle of the top of each copy, for the name to stand on. */
function topsOf(outlines: MultiPolygon): MultiPoint {
  return new MultiPoint(
    outlines.getPolygons().map((polygon) => {
      const [west, , east, north] = polygon.getExtent() as [number, number, number, number];
      return [(west + east) / 2, north];
    }),
  );
}
