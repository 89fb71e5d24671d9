import Feature from 'ol/Feature';
import Point from 'ol/geom/Point';
import VectorLayer from 'ol/layer/Vector';
import WebGLVectorLayer from 'ol/layer/WebGLVector';
import VectorSource from 'ol/source/Vector';
import { Circle, Stroke, Style } from 'ol/style';
import type { FlatStyle } from 'ol/style/flat';
import type { Source } from '../api/types';
import { type Orientation, type Position, wrapDeg } from '../sky/coordinates';
import { toPlane } from './projection';

/** Lists longer than this are drawn smaller, so that the sky is still seen. */
const MANY = 3000;

/** How near the pointer must be to a source, CSS pixels. */
const REACH = 10;

/** Colours of the lists, told apart by people of every colour vision, on blue, red and grey skies. */
export const LIST_COLOURS = ['#4ade80', '#facc15', '#f472b6', '#38bdf8', '#fb923c', '#c084fc'] as const;

export function colourOfList(index: number): string {
  return LIST_COLOURS[index % LIST_COLOURS.length]!;
}

/** One catalogue on the map, drawn on the graphics card. */
export class Sources {
  readonly layer: WebGLVectorLayer;
  readonly #points = new VectorSource<Feature<Point>>({ wrapX: true });
  #sources: readonly Source[] = [];

  constructor(colour: string, count: number) {
    this.layer = new WebGLVectorLayer({
      source: this.#points,
      style: rings(colour, count > MANY ? 3.5 : 6.5),
      className: 'sources',
      zIndex: 30,
      disableHitDetection: true,
    });
  }

  place(sources: readonly Source[], orientation: Orientation): void {
    this.#sources = sources;
    this.#points.clear(true);
    this.#points.addFeatures(
      sources.map((source) => new Feature(new Point(onPlane({ raDeg: source.ra, decDeg: source.dec }, orientation)))),
    );
  }

  /** The source nearest to a position, if it is near enough on the screen. */
  nearest(at: Position, resolutionDeg: number): { source: Source; pixels: number } | undefined {
    let [best, bestSquare] = [undefined as Source | undefined, (REACH * resolutionDeg) ** 2];
    for (const source of this.#sources) {
      const dy = source.dec - at.decDeg;
      if (dy * dy > bestSquare) continue;
      const dx = wrapDeg(source.ra - at.raDeg);
      const square = dx * dx + dy * dy;
      if (square <= bestSquare) [best, bestSquare] = [source, square];
    }
    return best && { source: best, pixels: Math.sqrt(bestSquare) / resolutionDeg };
  }
}

function rings(colour: string, radius: number): FlatStyle[] {
  return [
    {
      'circle-radius': radius,
      'circle-fill-color': 'rgba(0,0,0,0)',
      'circle-stroke-color': 'rgba(0,0,0,0.55)',
      'circle-stroke-width': 4,
    },
    {
      'circle-radius': radius,
      'circle-fill-color': 'rgba(0,0,0,0)',
      'circle-stroke-color': colour,
      'circle-stroke-width': 2,
    },
  ];
}

function onPlane(at: Position, orientation: Orientation): [number, number] {
  const [x, y] = toPlane(at, orientation);
  return [wrapDeg(x), y];
}

/** A ring around the one source that was chosen. */
export class Chosen {
  readonly #points = new VectorSource<Feature<Point>>({ wrapX: true });
  readonly layer = new VectorLayer({
    source: this.#points,
    zIndex: 40,
    style: [ring('rgba(0,0,0,.6)', 5), ring('#fff', 2)],
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  });

  show(at: Position | undefined, orientation: Orientation): void {
    this.#points.clear(true);
    if (at) this.#points.addFeature(new Feature(new Point(onPlane(at, orientation))));
  }
}

function ring(color: string, width: number): Style {
  return new Style({ image: new Circle({ radius: 11, stroke: new Stroke({ color, width }) }) });
}
