import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import * as ask from '../api/queries';
import type { Insets } from '../map/Graticule';
import { useStore, useView } from '../state/store';
import { withLayer } from '../state/view';
import { ColourBar } from './ColourBar';
import { ColourPanel } from './ColourPanel';
import { Divider } from './Divider';
import { GoTo } from './GoTo';
import { Help } from './Help';
import { LayerPanel } from './LayerPanel';
import { MapContext, type MapHandle } from './mapHandle';
import { Notices } from './Notices';
import { OverlaysPanel } from './OverlaysPanel';
import { Panel } from './Panel';
import { RegionsPanel } from './RegionsPanel';
import { SkyView } from './SkyView';
import { SourceCard } from './SourceCard';
import { StatusLine } from './StatusLine';
import { TitleBar } from './TitleBar';
import { Toolbar } from './Toolbar';
import { useKeys } from './useKeys';
import classes from './Viewer.module.css';

const SourceTable = lazy(() => import('./SourceTable').then((part) => ({ default: part.SourceTable })));

/** Widths at which the panels stand beside the sky rather than over its lower half. */
const WIDE = '(min-width: 720px)';
/** And at which they are open to begin with. */
const ROOMY = '(min-width: 1100px)';

/** The page. */
export function Viewer() {
  const handle = useRef<MapHandle>({ current: undefined }).current;
  const isWide = useMediaQuery(WIDE, matchMedia(WIDE).matches, { getInitialValueInEffect: false });
  useStart();
  useKeys(handle);
  return (
    <MapContext value={handle}>
      <SkyView insets={useInsets(isWide)} />
      <Divider />
      <div className={classes.frame} data-wide={isWide}>
        <header className={classes.top}>
          <TitleBar />
          <Toolbar isWide={isWide} />
        </header>
        <div className={classes.left}>
          <Panel name="layers" title="Layers" isWide={isWide}>
            <LayerPanel />
          </Panel>
        </div>
        <div className={classes.right}>
          <Panel name="overlays" title="Catalogues" isWide={isWide}>
            <OverlaysPanel />
          </Panel>
          <Panel name="regions" title="Regions" isWide={isWide}>
            <RegionsPanel />
          </Panel>
          <Panel name="colour" title="Colour" isWide={isWide}>
            <ColourPanel />
          </Panel>
        </div>
        <div className={classes.middle}>
          <Notices />
          <SourceCard />
          <Panel name="table" title="Sources" isWide={isWide}>
            <Suspense>
              {/* A sheet over the sky makes way for what was chosen. */}
              <SourceTable onChoose={() => isWide || useStore.getState().toggle('table', false)} />
            </Suspense>
          </Panel>
        </div>
        <footer className={classes.bottom}>
          <ColourBar />
          <StatusLine />
        </footer>
      </div>
      <GoTo />
      <Help />
    </MapContext>
  );
}

/** Begin with the server's first layer when the address names none, and with open panels where there is room. */
function useStart(): void {
  const layerId = useView((view) => view.layerId);
  const first = useQuery({ ...ask.defaultLayer(), enabled: layerId === undefined }).data?.layer;
  useEffect(() => {
    if (!first) return;
    ask.queries.setQueryData(ask.layer(first.layer_id).queryKey, first);
    useStore.getState().change((view) => (view.layerId ? view : withLayer(view, first.layer_id)));
  }, [first]);
  useEffect(() => {
    const isRoomy = matchMedia(ROOMY).matches;
    useStore.setState(({ panels }) => ({ panels: { ...panels, layers: isRoomy, colour: isRoomy } }));
  }, []);
}

/** Widths at which there is room for labels between the title and the tools. */
const BROAD = '(min-width: 1280px)';
/** What a column of panels, the title, the tools and the foot of the page cover, CSS pixels. */
const COVERED = { column: 308, title: 308, tools: 500, head: 52, foot: 34 };

/** What lies over the sky. */
function useInsets(isWide: boolean): Insets {
  const { layers, colour, overlays, regions } = useStore((store) => store.panels);
  const isBroad = useMediaQuery(BROAD, matchMedia(BROAD).matches, { getInitialValueInEffect: false });
  const isLeftCovered = isWide && layers;
  const isRightCovered = isWide && (colour || overlays || regions);
  return useMemo(
    () => ({
      left: isLeftCovered ? COVERED.column : 0,
      right: isRightCovered ? COVERED.column : 0,
      bottom: COVERED.foot,
      ...(isBroad
        ? { top: 0, topLeft: COVERED.title, topRight: COVERED.tools }
        : { top: COVERED.head, topLeft: 0, topRight: 0 }),
    }),
    [isBroad, isLeftCovered, isRightCovered],
  );
}
