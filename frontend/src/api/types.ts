/** The server's answers by name. Their shapes come from its own description, never from here: see `npm run schema`. */

import type { components } from './schema';

type Schemas = components['schemas'];

export type MapGroup = Schemas['MapGroupSummary'];
export type MapName = Schemas['MapSummary'];
export type Band = Schemas['BandSummary'];
export type LayerName = Schemas['LayerSummary'];
/** The tree as a search gives it: only what matches, what is under it, and the way to it. */
export type MenuGroup = Schemas['MapGroupMenu'];
export type Layer = Schemas['Layer'];
export type Encoding = NonNullable<Layer['encoding']>;
export type Histogram = Schemas['Histogram'];
export type SourceGroup = Schemas['SourceGroupSummary'];
export type SourceList = Schemas['SourceGroup'];
export type Source = Schemas['Source'];
export type SourceDescription = Schemas['SourceGroupDescription'];
export type SourcesWithin = Schemas['SourcesWithin'];
export type HighlightBox = Schemas['Box'];
export type RegionGroup = Schemas['RegionGroupSummary'];
export type RegionList = Schemas['RegionGroup'];
export type Region = Schemas['Region'];
export type Outline = Schemas['Outline'];
export type Aperture = Schemas['Aperture'];
