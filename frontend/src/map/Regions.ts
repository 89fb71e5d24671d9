import Feature from 'ol/Feature';
import type { Geometry } from 'ol/geom';
import MultiLineString from 'ol/geom/MultiLineString';
import MultiPoint from 'ol/geom/MultiPoint';
import MultiPolygon from 'ol/geom/MultiPolygon';
import Point from 'ol/geom/Point';
import type OlMap from 'ol/Map';
import { Fill, Stroke, Style } from 'ol/style';
import type { Region } from '../api/types';
import { type Orientation, wrapDeg } from '../sky/coordinates';
import { nameText } from './nameText';
import { Overlay } from './Overlay';
import { toPlane } from './projection';
import { shapeOf } from './regionShapes';

/** How near the pointer must be to an edge, CSS pixels. */
const REACH = 3;
/** What has no colour of its own, or one that is unknown here. */
const PLAIN = '#4ade80';
/** Below this much light, of 255, a colour is set off by a light edge. */
const DARK = 90;

/** The regions of the configuration, outlined in their own colours; the one under the pointer is named. */
export class Regions {
  #hovered: Feature<Geometry> | undefined;
  readonly layer = new Overlay<Geometry>(12, (feature) => styleOf(feature as Feature<Geometry>));

  place(regions: readonly Region[], orientation: Orientation): void {
    this.#hovered = undefined;
    this.layer.place(regions.map((region) => featureOf(region, orientation)));
  }

  /** Name the region under a pixel of the window, the smallest of several; none when there is no pixel. */
  hover(map: OlMap, pixel: number[] | undefined): void {
    const found = pixel && this.layer.features.length ? this.#smallestAt(map, pixel) : undefined;
    if (found === this.#hovered) return;
    this.#hovered?.set('isHovered', false);
    found?.set('isHovered', true);
    this.#hovered = found;
  }

  #smallestAt(map: OlMap, pixel: number[]): Feature<Geometry> | undefined {
    const under: Feature<Geometry>[] = [];
    const options = { layerFilter: (layer: unknown) => layer === this.layer, hitTolerance: REACH };
    map.forEachFeatureAtPixel(pixel, (feature) => void under.push(feature as Feature<Geometry>), options);
    return under.sort((a, b) => (a.get('size') as number) - (b.get('size') as number))[0];
  }
}

function featureOf(region: Region, orientation: Orientation): Feature<Geometry> {
  const { areas, lines } = shapeOf(region, orientation);
  const [x, y] = toPlane({ raDeg: region.ra, decDeg: region.dec }, orientation);
  const place = new Point([wrapDeg(x), y]);
  const edges = new MultiLineString(lines);
  const geometry = areas.length ? new MultiPolygon(areas) : lines.length ? edges : place;
  const [west, south, east, north] = geometry.getExtent() as [number, number, number, number];
  const tops = new MultiPoint(
    edges
      .getLineStrings()
      .filter((_, i) => i % Math.max(1, region.outlines.length) === 0)
      .map(topOf),
  );
  return new Feature<Geometry>({
    geometry,
    edges,
    tops,
    region,
    size: (east - west) * (north - south),
    isHovered: false,
  });
}

function topOf(line: { getExtent(): number[] }): number[] {
  const [west, , east, north] = line.getExtent() as [number, number, number, number];
  return [(west + east) / 2, north];
}

/** What is written beside a region: its name, and what it is. */
export function labelOf({ name, shape, size }: Region): string {
  return [name, [shape, size].filter(Boolean).join(', ')].filter(Boolean).join(' · ');
}

function styleOf(feature: Feature<Geometry>): Style[] {
  const region = feature.get('region') as Region;
  const isHovered = feature.get('isHovered') as boolean;
  const { color, halo } = coloursOf(region.colour);
  if (!region.outlines.length) return [new Style({ text: nameText(region.name ?? '', color, halo) })];
  const geometry = feature.get('edges') as Geometry;
  const width = isHovered ? 2.75 : 1.5;
  const lineDash = region.is_excluded ? [6, 5] : [];
  const fill = new Fill({ color: isHovered ? 'rgba(255,255,255,.1)' : 'rgba(255,255,255,.01)' });
  const styles = [
    new Style({ fill }),
    new Style({ geometry, stroke: new Stroke({ color: halo, width: width + 2 }) }),
    new Style({ geometry, stroke: new Stroke({ color, width, lineDash }) }),
  ];
  if (!isHovered) return styles;
  const text = nameText(labelOf(region), '#fff');
  return [...styles, new Style({ geometry: feature.get('tops') as Geometry, text, zIndex: 1 })];
}

const known = new Map<string, { color: string; halo: string }>();
let pen: CanvasRenderingContext2D | null | undefined;

/** A region's colour, and one to set it off from any sky. */
function coloursOf(said: string | null): { color: string; halo: string } {
  const name = said ?? PLAIN;
  const before = known.get(name);
  if (before) return before;
  pen ??= document.createElement('canvas').getContext('2d');
  // What a canvas does not understand leaves its colour as it was.
  if (pen) Object.assign(pen, { fillStyle: PLAIN }, { fillStyle: name });
  const hex = String(pen?.fillStyle ?? PLAIN);
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
  const isDark = 0.3 * r + 0.59 * g + 0.11 * b < DARK;
  const colours = { color: hex, halo: isDark ? 'rgba(255,255,255,.75)' : 'rgba(0,0,0,.6)' };
  known.set(name, colours);
  return colours;
}
