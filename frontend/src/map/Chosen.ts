import Feature from 'ol/Feature';
import Point from 'ol/geom/Point';
import { Circle, Stroke, Style } from 'ol/style';
import type { RenderFunction } from 'ol/style/Style';
import { type Orientation, type Position, wrapDeg } from '../sky/coordinates';
import { Overlay } from './Overlay';
import { toPlane } from './projection';

/** Where the strokes of a cross-hair begin and end, and how wide they are, CSS pixels. */
const CROSS = { from: 7, to: 19, width: 2, edge: 5 };

const RING = [ring('rgba(0,0,0,.6)', 5), ring('#fff', 2)];
const CROSS_HAIR = new Style({ renderer: drawCrossHair });

/** A ring around the one source that was chosen, and a cross-hair about the position that was gone to. */
export class Chosen {
  readonly layer = new Overlay<Point>(40, (feature) => (feature.get('isSought') ? CROSS_HAIR : RING));

  show(chosen: Position | undefined, sought: Position | undefined, orientation: Orientation): void {
    const signs = [
      { at: chosen, isSought: false },
      { at: sought, isSought: true },
    ];
    this.layer.place(
      signs.flatMap(({ at, isSought }) =>
        at ? [new Feature({ geometry: new Point(placeOf(at, orientation)), isSought })] : [],
      ),
    );
  }
}

function placeOf(at: Position, orientation: Orientation): number[] {
  const [x, y] = toPlane(at, orientation);
  return [wrapDeg(x), y];
}

function ring(color: string, width: number): Style {
  return new Style({ image: new Circle({ radius: 12, stroke: new Stroke({ color, width }) }) });
}

/** Four strokes towards a place, which itself stays free. */
function drawCrossHair(place: Parameters<RenderFunction>[0], { context, pixelRatio }: Parameters<RenderFunction>[1]) {
  const [x, y] = place as [number, number];
  const [from, to] = [CROSS.from * pixelRatio, CROSS.to * pixelRatio];
  context.beginPath();
  for (const [right, down] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const) {
    context.moveTo(x + right * from, y + down * from);
    context.lineTo(x + right * to, y + down * to);
  }
  context.strokeStyle = 'rgba(0,0,0,.6)';
  context.lineWidth = CROSS.edge * pixelRatio;
  context.stroke();
  context.strokeStyle = '#fde047';
  context.lineWidth = CROSS.width * pixelRatio;
  context.stroke();
}
