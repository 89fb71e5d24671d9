/** What the server answers, in the words of its own description (`openapi.json`, from which `schema.ts` is generated). */

export interface Named {
  name: string;
  description: string | null;
  grant: string | null;
}

export interface MapGroup extends Named {
  map_group_id: string;
}
export interface SkyMapInfo extends Named {
  map_id: string;
}
export interface Band extends Named {
  band_id: string;
}
export interface LayerName extends Named {
  layer_id: string;
}

/** The tree as search and the default layer give it: filled along the way, empty elsewhere. */
export interface MenuGroup extends MapGroup {
  maps: MenuMap[];
}
export interface MenuMap extends SkyMapInfo {
  bands: MenuBand[];
}
export interface MenuBand extends Band {
  layers: LayerName[];
}

export interface Grid {
  pixel_deg: number;
  tile_size: number;
  levels: number;
  west_deg: number;
  south_deg: number;
}

/** `value = offset + quantum * n`. */
export interface LinearEncoding {
  kind: 'linear';
  quantum: number;
  offset: number;
}
/** `value = offset + scale * sinh(n * step)`. */
export interface AsinhEncoding {
  kind: 'asinh';
  quantum: number;
  offset: number;
  scale: number;
  step: number;
}
/** How number tiles are quantised. */
export type Encoding = LinearEncoding | AsinhEncoding;

export interface Layer extends LayerName {
  map_group_id: string;
  map_id: string;
  band_id: string;
  quantity: string | null;
  units: string | null;
  vmin: number | 'auto';
  vmax: number | 'auto';
  cmap: string;
  bounding_left: number | null;
  bounding_right: number | null;
  bounding_top: number | null;
  bounding_bottom: number | null;
  grid: Grid | null;
  version: string | null;
  encoding: Encoding | null;
  is_final: boolean;
  progress?: number | null;
  available: boolean;
  reason?: string | null;
}

export interface DefaultLayer {
  layer: Layer | null;
  default_layer_menu: MenuGroup[];
}

export interface SearchResult {
  filtered_layer_menu: MenuGroup[];
  matched_ids: string[];
}

export interface Histogram {
  edges: number[];
  histogram: number[];
  vmin: number;
  vmax: number;
  layer_id: string;
}

export interface PixelValue {
  value: number | null;
  units: string | null;
  ra: number | null;
  dec: number | null;
}

export interface SourceGroup {
  source_group_id: string;
  name: string;
  description: string | null;
}
export interface Source {
  name: string | null;
  ra: number;
  dec: number;
  extra: Record<string, unknown> | null;
}
export interface SourceList extends SourceGroup {
  sources: Source[];
}

export interface HighlightBox {
  name: string;
  description: string | null;
  top_left_ra: number;
  top_left_dec: number;
  bottom_right_ra: number;
  bottom_right_dec: number;
}

export interface ApertureStatistics {
  mean: number | null;
  std: number | null;
  max: number | null;
  min: number | null;
  median: number | null;
  n_pixels: number;
  n_valid: number;
  solid_angle_sr: number;
  units: string | null;
}
