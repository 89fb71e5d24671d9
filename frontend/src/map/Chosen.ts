import Feature from 'ol/Feature';
import Point from 'ol/geom/Point';
import { Circle, Stroke, Style } from 'ol/style';
import { type Orientation, type Position, wrapDeg } from '../sky/coordinates';
import { Overlay } from './Overlay';
import { toPlane } from './projection';

/** A ring around the one source that was chosen. */
export class Chosen {
  readonly layer = new Overlay<Point>(40, [ring('rgba(0,0,0,.6)', 5), ring('#fff', 2)]);

  show(at: Position | undefined, orientation: Orientation): void {
    this.layer.place(at ? [new Feature(new Point(placeOf(at, orientation)))] : []);
  }
}

function placeOf(at: Position, orientation: Orientation): number[] {
  const [x, y] = toPlane(at, orientation);
  return [wrapDeg(x), y];
}

function ring(color: string, width: number): Style {
  return new Style({ image: new Circle({ radius: 12, stroke: new Stroke({ color, width }) }) });
}
