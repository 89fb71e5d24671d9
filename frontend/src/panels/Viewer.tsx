import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import * as ask from '../api/queries';
import { useStore, useView } from '../state/store';
import { withLayer } from '../state/view';
import { BesideView } from './BesideView';
import { ColourBars } from './ColourBar';
import { ColourPanel } from './ColourPanel';
import { Difference } from './Difference';
import { Divider } from './Divider';
import { LayerPanel } from './LayerPanel';
import { Login } from './Login';
import { Later, later, loadParts } from './later';
import { MapContext, type MapHandle } from './mapHandle';
import { Notices } from './Notices';
import { Panel } from './Panel';
import { SkyView } from './SkyView';
import { SourceCard } from './SourceCard';
import { StatusLine } from './StatusLine';
import { TitleBar } from './TitleBar';
import { Toolbar } from './Toolbar';
import { useInsets } from './useInsets';
import { useKeys } from './useKeys';
import classes from './Viewer.module.css';

const GoTo = later(() => import('./GoTo').then((part) => part.GoTo));
const Help = later(() => import('./Help').then((part) => part.Help));
const OverlaysPanel = later(() => import('./OverlaysPanel').then((part) => part.OverlaysPanel));
const RegionsPanel = later(() => import('./RegionsPanel').then((part) => part.RegionsPanel));
const SourceTable = later(() => import('./SourceTable').then((part) => part.SourceTable));

/** When to load those that nobody asked for: after the first picture, milliseconds. */
const LATER_MS = 3000;

/** How long the sky goes before all else, milliseconds. */
const PATIENCE_MS = 600;

/** Widths at which the panels stand beside the sky rather than over its lower half. */
const WIDE = '(min-width: 720px)';
/** And at which they are open to begin with. */
const ROOMY = '(min-width: 1100px)';

/** The page. */
export function Viewer() {
  const handle = useRef<MapHandle>({ current: undefined }).current;
  const isWide = useMediaQuery(WIDE, matchMedia(WIDE).matches, { getInitialValueInEffect: false });
  const isBeside = useView((view) => view.compare?.mode === 'beside' && view.previousId !== undefined);
  const insets = useInsets(isWide, isBeside);
  const panels = useStore((store) => store.panels);
  const isBegun = useIsBegun();
  useStart();
  useKeys(handle);
  return (
    <MapContext value={handle}>
      <main>
        <SkyView insets={insets.sky} />
        {isBeside && <BesideView insets={insets.beside} />}
        <Divider />
        {isBegun && <Frame isWide={isWide} />}
      </main>
      <Later when={panels.goto}>
        <GoTo />
      </Later>
      <Later when={panels.help}>
        <Help />
      </Later>
    </MapContext>
  );
}

/** What lies over the sky. */
function Frame({ isWide }: { isWide: boolean }) {
  return (
    <div className={classes.frame} data-wide={isWide}>
      <header className={classes.top}>
        <TitleBar />
        <Login />
        <Toolbar isWide={isWide} />
      </header>
      <div className={classes.left}>
        <Panel name="layers" title="Layers" isWide={isWide}>
          <LayerPanel />
        </Panel>
      </div>
      <div className={classes.right}>
        <Panel name="overlays" title="Catalogues" isWide={isWide}>
          <Suspense>
            <OverlaysPanel />
          </Suspense>
        </Panel>
        <Panel name="regions" title="Regions" isWide={isWide}>
          <Suspense>
            <RegionsPanel />
          </Suspense>
        </Panel>
        <Panel name="colour" title="Colour" isWide={isWide}>
          <ColourPanel />
        </Panel>
      </div>
      <div className={classes.middle}>
        <Notices />
        <Difference />
        <SourceCard />
        <Panel name="table" title="Sources" isWide={isWide}>
          <Suspense>
            {/* A sheet over the sky makes way for what was chosen. */}
            <SourceTable onChoose={() => isWide || useStore.getState().toggle('table', false)} />
          </Suspense>
        </Panel>
      </div>
      <footer className={classes.bottom}>
        <ColourBars />
        <StatusLine />
      </footer>
    </div>
  );
}

/** Whether the first picture is there, which anything laid out over it would hold up; or takes long. */
function useIsBegun(): boolean {
  const isDrawn = useStore((store) => store.isDrawn);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isDrawn || isLate;
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
    const timer = setTimeout(loadParts, LATER_MS);
    return () => clearTimeout(timer);
  }, []);
}
