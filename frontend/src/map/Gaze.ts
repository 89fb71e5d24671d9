import { easeOut } from 'ol/easing';
import type OlMap from 'ol/Map';
import View from 'ol/View';
import { type Orientation, type Position, positiveDeg } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import type { Camera } from '../state/view';
import { UNCOVERED } from './Graticule';
import { isStill } from './motion';
import { fromPlane, PLANE, toPlane } from './projection';

/** The finest and the coarsest a window can be, degrees in a CSS pixel. */
const FINEST_DEG = 2e-6;
const COARSEST_DEG = 1.2;
/** Height of the colour bar, which covers the lower part of the sky, CSS pixels. */
const COLOUR_BAR = 60;
/** How much more than a box is shown around it. */
const MARGIN = 1.08;
/** A box this wide is the whole sky. */
const ROUND_DEG = 300;

/** How long it takes to fly somewhere, and to be moved by a key, milliseconds. */
const FLIGHT_MS = 500;
const STEP_MS = 160;

/** The middle of the window on the plane, and how much is seen. */
interface Place {
  center: [number, number];
  resolution: number;
}

/** Where one looks, and moving from there to elsewhere. */
export class Gaze {
  orientation: Orientation;
  insets = UNCOVERED;
  readonly #map: OlMap;
  /** Undefined until somebody has said where to look. */
  #isPlaced = false;
  /** Where a movement that is under way ends: the next one goes on from there, however quickly keys are pressed. */
  #end: Place | undefined;

  constructor(map: OlMap, orientation: Orientation) {
    this.#map = map;
    this.orientation = orientation;
    map.setView(
      new View({
        projection: PLANE,
        center: [0, 0],
        resolution: 0.25,
        minResolution: FINEST_DEG,
        maxResolution: COARSEST_DEG,
        enableRotation: false,
        multiWorld: true,
        extent: [-Infinity, -90, Infinity, 90],
        constrainOnlyCenter: true,
      }),
    );
  }

  get centre(): Position {
    const { raDeg, decDeg } = fromPlane(this.#view.getCenter()!, this.orientation);
    return { raDeg: positiveDeg(raDeg), decDeg };
  }

  get resolutionDeg(): number {
    return this.#view.getResolution()!;
  }

  /** Width of the window, CSS pixels. */
  get width(): number {
    return this.#map.getSize()?.[0] || 1;
  }

  /** What is looked at; undefined before anybody looked anywhere. */
  get camera(): Camera | undefined {
    return this.#isPlaced ? { centre: this.centre, widthDeg: this.resolutionDeg * this.width } : undefined;
  }

  /** The part of the sky in the window: no more than once round, and nothing beyond the poles. */
  get box(): SkyBox {
    const [west, south, east, north] = this.#view.calculateExtent(this.#map.getSize()) as [
      number,
      number,
      number,
      number,
    ];
    const { raDeg } = this.centre;
    const half = Math.min(180, (east - west) / 2);
    return {
      westDeg: raDeg - half,
      eastDeg: raDeg + half,
      southDeg: Math.max(-90, south),
      northDeg: Math.min(90, north),
    };
  }

  /** Mirror the sky about its middle. */
  turnRound(orientation: Orientation): void {
    const { centre } = this;
    this.orientation = orientation;
    this.#view.setCenter(toPlane(centre, orientation));
  }

  /** Look somewhere at once. */
  look({ centre, widthDeg }: Camera): void {
    this.#isPlaced = true;
    this.#view.cancelAnimations();
    // The window may have been divided a moment ago.
    this.#map.updateSize();
    this.#view.setCenter(toPlane(centre, this.orientation));
    this.#view.setResolution(widthDeg / this.width);
  }

  /** Move to a position; zoom in when a width is given. Straight there when motion is to be reduced. */
  flyTo(centre: Position, widthDeg?: number): void {
    const [x, y] = toPlane(centre, this.orientation);
    const near = x + 360 * Math.round((this.#view.getCenter()![0]! - x) / 360);
    const resolution = widthDeg === undefined ? this.resolutionDeg : widthDeg / this.width;
    this.#move({ center: [near, y], resolution }, FLIGHT_MS);
  }

  #move(end: Place, ms: number): void {
    this.#view.cancelAnimations();
    this.#end = end;
    this.#view.animate({ ...end, duration: isStill() ? 0 : ms, easing: easeOut }, () => {
      if (this.#end === end) this.#end = undefined;
    });
  }

  /** Look at a whole box, clear of the panels; or fill the window with the sky when the box goes round it. */
  fit(box: SkyBox): void {
    const [width, height] = this.#map.getSize() ?? [1, 1];
    const [acrossDeg, upDeg] = [box.eastDeg - box.westDeg, box.northDeg - box.southDeg];
    if (acrossDeg > ROUND_DEG) this.look(this.#wholeSky(box, Math.min(360 / width!, upDeg / height!)));
    else this.#lookAtPart(box, Math.max(acrossDeg / this.#room.across, upDeg / this.#room.up) * MARGIN);
  }

  /** The sky laid out as it is read: 360 to 0 from left to right, or -180 to 180. */
  #wholeSky({ southDeg, northDeg }: SkyBox, resolution: number): Camera {
    const raDeg = this.orientation === 'ra-left' ? 180 : 0;
    return { centre: { raDeg, decDeg: (southDeg + northDeg) / 2 }, widthDeg: resolution * this.width };
  }

  #lookAtPart({ westDeg, eastDeg, southDeg, northDeg }: SkyBox, resolution: number): void {
    const { left, right, top, bottom } = this.insets;
    const [x, y] = toPlane({ raDeg: (westDeg + eastDeg) / 2, decDeg: (southDeg + northDeg) / 2 }, this.orientation);
    const middle = [x + ((right - left) / 2) * resolution, y + ((top - bottom - COLOUR_BAR) / 2) * resolution];
    this.look({ centre: fromPlane(middle, this.orientation), widthDeg: resolution * this.width });
  }

  /** The part of the window that nothing lies over, CSS pixels. */
  get #room(): { across: number; up: number } {
    const [width, height] = this.#map.getSize() ?? [1, 1];
    const { left, right, top, bottom } = this.insets;
    return { across: Math.max(200, width! - left - right), up: Math.max(200, height! - top - bottom - COLOUR_BAR) };
  }

  /** Zoom by a factor about the middle, or shift by fractions of the window. */
  nudge({ zoom = 1, right = 0, up = 0 }: { zoom?: number; right?: number; up?: number }): void {
    const [width, height] = this.#map.getSize() ?? [1, 1];
    const { center, resolution } = this.#end ?? { center: this.#view.getCenter()!, resolution: this.resolutionDeg };
    const [x, y] = [center[0]! + right * width! * resolution, center[1]! + up * height! * resolution];
    this.#move(
      { center: [x, within(-90, y, 90)], resolution: within(FINEST_DEG, resolution / zoom, COARSEST_DEG) },
      STEP_MS,
    );
  }

  get #view(): View {
    return this.#map.getView();
  }
}

function within(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
