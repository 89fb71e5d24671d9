import Feature from 'ol/Feature';
import Point from 'ol/geom/Point';
import VectorLayer from 'ol/layer/Vector';
import VectorSource from 'ol/source/Vector';
import { Circle, Stroke, Style } from 'ol/style';
import { type Orientation, type Position, wrapDeg } from '../sky/coordinates';
import { toPlane } from './projection';

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
    if (!at) return;
    const [x, y] = toPlane(at, orientation);
    this.#points.addFeature(new Feature(new Point([wrapDeg(x), y])));
  }
}

function ring(color: string, width: number): Style {
  return new Style({ image: new Circle({ radius: 12, stroke: new Stroke({ color, width }) }) });
}
