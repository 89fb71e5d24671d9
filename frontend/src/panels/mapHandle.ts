/** The one map, for panels that steer it. */

import { createContext, useContext } from 'react';
import type { SkyMap } from '../map/SkyMap';

export interface MapHandle {
  /** Undefined until the page is laid out. */
  current: SkyMap | undefined;
}

export const MapContext = createContext<MapHandle>({ current: undefined });

export const useMap = (): MapHandle => useContext(MapContext);
