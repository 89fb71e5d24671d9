import type OlMap from 'ol/Map';
import { flattened } from './figure';
import { type Graticule, UNCOVERED } from './Graticule';

const BACKGROUNDS = { light: '#fff', dark: '#0a0d13' };

/** What a map shows, with the labels of its lines where no panels are. */
export function drawnNow(map: OlMap, graticule: Graticule): HTMLCanvasElement {
  const { insets } = graticule;
  graticule.insets = UNCOVERED;
  map.renderSync();
  const sky = flattened(map.getViewport()!, devicePixelRatio, BACKGROUNDS[graticule.scheme]);
  graticule.insets = insets;
  map.render();
  return sky;
}
