import Feature from 'ol/Feature';
import MultiPoint from 'ol/geom/MultiPoint';
import MultiPolygon from 'ol/geom/MultiPolygon';
import { Fill, Stroke, Style } from 'ol/style';
import type { HighlightBox } from '../api/types';
import { across, type Orientation, wrapDeg } from '../sky/coordinates';
import { nameText } from './nameText';
import { Overlay } from './Overlay';

/** The boxes of the configuration, outlined and named. */
export class Boxes {
  readonly layer = new Overlay<MultiPolygon>(10, (feature) =>
    outline(String(feature.get('name')), feature.get('tops') as MultiPoint),
  );

  place(boxes: readonly HighlightBox[], orientation: Orientation): void {
    this.layer.place(
      boxes.map((box) => {
        const corners = outlines(box, orientation);
        const tops = new MultiPoint(corners.map(([[, topLeft, topRight]]) => middle(topLeft!, topRight!)));
        return new Feature({ geometry: new MultiPolygon(corners), tops, name: box.name });
      }),
    );
  }
}

/** One ring of corners, from the lower left clockwise. */
type Rectangle = [number[][]];

/** The corners of a box; twice when it runs over the edge of the plane, once at each side. */
function outlines(box: HighlightBox, orientation: Orientation): Rectangle[] {
  const [westDeg, eastDeg] = [box.top_left_ra, box.bottom_right_ra];
  const left = wrapDeg(Math.min(across(westDeg, orientation), across(eastDeg, orientation)));
  const right = left + eastDeg - westDeg;
  const [top, bottom] = [box.top_left_dec, box.bottom_right_dec];
  const rectangle = (turn: number): Rectangle => [
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

function middle(a: readonly number[], b: readonly number[]): number[] {
  return [(a[0]! + b[0]!) / 2, (a[1]! + b[1]!) / 2];
}

function outline(name: string, tops: MultiPoint): Style[] {
  const label = nameText(name, '#fff');
  return [
    new Style({ stroke: new Stroke({ color: 'rgba(0,0,0,.6)', width: 4 }) }),
    new Style({
      stroke: new Stroke({ color: '#fff', width: 1.5 }),
      fill: new Fill({ color: 'rgba(255,255,255,.04)' }),
    }),
    new Style({ geometry: tops, text: label }),
  ];
}
