import Feature from 'ol/Feature';
import MultiPolygon from 'ol/geom/MultiPolygon';
import VectorLayer from 'ol/layer/Vector';
import VectorSource from 'ol/source/Vector';
import { Fill, Stroke, Style, Text } from 'ol/style';
import type { HighlightBox } from '../api/types';
import { across, type Orientation, shortWayRound, wrapDeg } from '../sky/coordinates';

/** The boxes of the configuration, outlined and named. */
export class Boxes {
  readonly #features = new VectorSource<Feature<MultiPolygon>>({ wrapX: true });
  readonly layer = new VectorLayer({
    source: this.#features,
    zIndex: 10,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
    style: (feature) => outline(String(feature.get('name'))),
  });

  place(boxes: readonly HighlightBox[], orientation: Orientation): void {
    this.#features.clear(true);
    this.#features.addFeatures(
      boxes.map((box) => new Feature({ geometry: new MultiPolygon(outlines(box, orientation)), name: box.name })),
    );
  }
}

/** The corners of a box; twice when it runs over the edge of the plane, once at each side. */
function outlines(box: HighlightBox, orientation: Orientation): number[][][][] {
  const [westDeg, eastDeg] = shortWayRound(box.bottom_right_ra, box.top_left_ra);
  const left = wrapDeg(Math.min(across(westDeg, orientation), across(eastDeg, orientation)));
  const right = left + eastDeg - westDeg;
  const [top, bottom] = [box.top_left_dec, box.bottom_right_dec];
  const rectangle = (turn: number) => [
    [
      [left + turn, bottom],
      [left + turn, top],
      [right + turn, top],
      [right + turn, bottom],
      [left + turn, bottom],
    ],
  ];
  return right > 180 ? [rectangle(0), rectangle(-360)] : [rectangle(0)];
}

function outline(name: string): Style[] {
  return [
    new Style({ stroke: new Stroke({ color: 'rgba(0,0,0,.55)', width: 3.5 }) }),
    new Style({
      stroke: new Stroke({ color: '#ffd166', width: 1.5 }),
      fill: new Fill({ color: 'rgba(255,209,102,.04)' }),
      text: new Text({
        text: name,
        font: '600 12px ui-sans-serif, system-ui, sans-serif',
        fill: new Fill({ color: '#ffe3a3' }),
        stroke: new Stroke({ color: 'rgba(0,0,0,.7)', width: 3 }),
        overflow: false,
      }),
    }),
  ];
}
