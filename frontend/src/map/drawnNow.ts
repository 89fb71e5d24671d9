import type OlMap from 'ol/Map';
import { flattened, type Sky } from './figure';
import type { Graticule } from './Graticule';

/** Figures are for paper. */
const BACKGROUND = '#fff';

/** What a map shows, on white, with its lines but without their labels: a figure has axes. */
export function drawnNow(map: OlMap, graticule: Graticule): Sky {
  const { scheme } = graticule;
  Object.assign(graticule, { isLabelled: false, scheme: 'light' });
  map.renderSync();
  const canvas = flattened(map.getViewport()!, devicePixelRatio, BACKGROUND);
  Object.assign(graticule, { isLabelled: true, scheme });
  map.render();
  const extent = map.getView().calculateExtent(map.getSize()) as [number, number, number, number];
  return { canvas, extent, orientation: graticule.orientation };
}
