import type OlMap from 'ol/Map';
import { flattened, type Sky } from './figure';
import type { Graticule } from './Graticule';

const BACKGROUNDS = { light: '#fff', dark: '#0a0d13' };

/** What a map shows, with its lines but without their labels: a figure has axes. */
export function drawnNow(map: OlMap, graticule: Graticule): Sky {
  graticule.isLabelled = false;
  map.renderSync();
  const canvas = flattened(map.getViewport()!, devicePixelRatio, BACKGROUNDS[graticule.scheme]);
  graticule.isLabelled = true;
  map.render();
  const extent = map.getView().calculateExtent(map.getSize()) as [number, number, number, number];
  return { canvas, extent, orientation: graticule.orientation };
}
