import type OlMap from 'ol/Map';
import { flattened, type Sky } from './figure';
import type { Graticule } from './Graticule';
import type { Labels } from './Labels';

/** Figures are for paper. */
const BACKGROUND = '#fff';

/** What a map shows, on white, with its lines but without their labels: a figure has axes. */
export function drawnNow(map: OlMap, graticule: Graticule, labels: Labels): Sky {
  const { scheme } = graticule;
  graticule.scheme = 'light';
  labels.setVisible(false);
  map.renderSync();
  const canvas = flattened(map.getViewport()!, devicePixelRatio, BACKGROUND);
  graticule.scheme = scheme;
  labels.setVisible(true);
  map.render();
  const extent = map.getView().calculateExtent(map.getSize()) as [number, number, number, number];
  return { canvas, extent, orientation: graticule.orientation };
}
