import { useComputedColorScheme } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import * as ask from '../api/queries';
import type { Region, RegionList } from '../api/types';
import type { Insets } from '../map/Graticule';
import { SkyMap } from '../map/SkyMap';
import { partFor } from '../sky/part';
import { lookUp } from '../state/actions';
import { useStore, useView } from '../state/store';
import { type Camera, colourKey, withMark, withoutMark, withReach } from '../state/view';
import { useMap } from './mapHandle';
import { pick } from './pick';
import classes from './SkyView.module.css';
import { useCatalogues } from './useCatalogues';
import { useCurrentLayer, usePreviousLayer } from './useLayer';
import { useIsDifference, useSeen } from './useSeen';
import { coverage } from './useWholeMap';

/** The sky, filling the window: hands what the store says to the map, and what the map says to the store. */
export function SkyView({ insets }: { insets: Insets }) {
  const target = useRef<HTMLDivElement>(null);
  const map = useMapIn(target);
  useShownLayer(map);
  useCounting(map);
  useOverlays(map);
  const scheme = useComputedColorScheme();
  useEffect(() => map?.setSurroundings(insets, scheme), [map, insets, scheme]);
  const isBeside = useView((view) => view.compare?.mode === 'beside');
  return (
    <div
      ref={target}
      className={classes.sky}
      data-beside={isBeside}
      role="application"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: screen readers pass keys on to what has the focus
      tabIndex={0}
      aria-label="Sky map. Arrow keys move, plus and minus zoom, question mark lists all keys."
    />
  );
}

function useMapIn(target: React.RefObject<HTMLDivElement | null>): SkyMap | undefined {
  const handle = useMap();
  const [map, setMap] = useState<SkyMap>();
  const told = useRef<Camera>(undefined);
  const camera = useView((view) => view.camera);
  useEffect(() => {
    const { note, change, toggle, view } = useStore.getState();
    const made = new SkyMap(target.current!, view.orientation, {
      onCamera: (camera) => {
        told.current = camera;
        change((now) => ({ ...now, camera }));
        const window = made.gaze.box;
        note({ window, part: partFor(window, useStore.getState().part) });
      },
      onResolution: (resolutionDeg) => note({ resolutionDeg }),
      onPointer: (pointer) => note({ pointer }),
      onLoading: (loading) => note({ loading }),
      onComplete: () => useStore.getState().isDrawn || onceShown(() => note({ isDrawn: true })),
      onCounts: (viewCounts, key) => {
        note({ viewCounts });
        if (viewCounts) change((now) => withReach(now, key, viewCounts));
      },
      onPick: pick,
      onLookUp: lookUp,
      onMark: (mark) => change((now) => withMark(now, mark)),
      onMarkDone: (id, mark) => {
        change((now) => (mark ? withMark(now, mark) : withoutMark(now, id)));
        note({ tool: undefined, chosenMark: mark?.id });
        if (mark) toggle('regions', true);
      },
    });
    if (view.camera) made.gaze.look(view.camera);
    told.current = view.camera;
    handle.current = made;
    setMap(made);
    return () => {
      handle.current = undefined;
      setMap(undefined);
      made.dispose();
    };
  }, [handle, target]);
  // Look where a link does that was followed: what the map itself has told is no news to it.
  useEffect(() => {
    if (camera && camera !== told.current) map?.gaze.look(camera);
  }, [map, camera]);
  return map;
}

/** Do something when what was drawn just now has reached the screen. */
function onceShown(act: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(act));
}

/** Show the current layer, and the one before when they are compared. */
function useShownLayer(map: SkyMap | undefined): void {
  const orientation = useView((view) => view.orientation);
  const compare = useView((view) => view.compare);
  const pictures = useView((view) => view.pictures);
  const blinking = useStore((store) => store.blinking);
  const current = useCurrentLayer();
  const previous = usePreviousLayer(blinking || compare !== undefined);
  const seen = useSeen();
  const isGone = current.layer !== undefined && !current.layer.available;
  const isPending = useIsDifference() && !seen.minus && !previous.error && previous.layer?.available !== false;
  const front = blinking && previous.shown ? previous.shown : isPending ? undefined : seen.shown;
  const isAwaited = !front && !isGone && !current.error;
  // A blink shows the layer before in all of the window.
  const swiped = compare?.mode === 'swipe' && !isGone && !blinking ? previous.shown : undefined;
  useEffect(() => {
    if (!map) return;
    map.begin(orientation, pictures);
    if (isGone) map.hide();
    else if (front) map.show(front);
    map.swipe(swiped, compare?.divider ?? 0.5);
    map.await(isAwaited);
  }, [map, orientation, pictures, front, isGone, isAwaited, swiped, compare?.divider]);
  useFirstLook(map, current.layer);
}

/** Have what is in the window counted where a histogram is wanted of it, anew for each layer. */
function useCounting(map: SkyMap | undefined): void {
  const isAsked = useStore((store) => store.countsView);
  const isDifference = useIsDifference();
  const key = useView(colourKey);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the counts of another layer say nothing of this one
  useEffect(() => map?.setCounting(isAsked || isDifference), [map, isAsked, isDifference, key]);
}

/** Before anybody looked anywhere, look at the whole map. */
function useFirstLook(map: SkyMap | undefined, layer: ReturnType<typeof useCurrentLayer>['layer']): void {
  useEffect(() => {
    if (!map || !layer || useStore.getState().view.camera) return;
    map.gaze.fit(coverage(layer));
  }, [map, layer]);
}

function useOverlays(map: SkyMap | undefined): void {
  const orientation = useView((view) => view.orientation);
  const lines = useView((view) => view.lines);
  const showsBoxes = useView((view) => view.boxes);
  const boxes = useQuery(ask.boxes()).data;
  const picked = useStore((store) => store.picked);
  const catalogues = useCatalogues();
  const marks = useView((view) => view.marks);
  const chosenMark = useStore((store) => store.chosenMark);
  const tool = useStore((store) => store.tool);
  useEffect(() => map?.setTool(tool), [map, tool]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a mirrored sky has its marks elsewhere
  useEffect(() => map?.setMarks(marks, chosenMark), [map, marks, chosenMark, orientation]);
  useEffect(() => map?.setLines(lines), [map, lines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a mirrored sky has its boxes elsewhere
  useEffect(() => map?.setBoxes(showsBoxes ? (boxes ?? []) : []), [map, boxes, showsBoxes, orientation]);
  const regions = useRegions();
  // biome-ignore lint/correctness/useExhaustiveDependencies: and its regions
  useEffect(() => map?.setRegions(regions), [map, regions, orientation]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: and its sources
  useEffect(() => map?.setCatalogues(catalogues), [map, catalogues, orientation]);
  const sought = useStore((store) => store.sought);
  // biome-ignore lint/correctness/useExhaustiveDependencies: and the chosen one
  useEffect(
    () => map?.point(picked && { raDeg: picked.source.ra, decDeg: picked.source.dec }, sought),
    [map, picked, sought, orientation],
  );
}

/** The regions of the lists that are not switched off, as far as they have arrived. */
function useRegions(): readonly Region[] {
  const hidden = useView((view) => view.hiddenRegions);
  const groups = useQuery(ask.regionGroups()).data ?? [];
  const shown = groups.filter(({ region_group_id }) => !hidden.includes(region_group_id));
  return useQueries({ queries: shown.map((group) => ask.regionsOf(group.region_group_id)), combine: allRegions });
}

function allRegions(answers: readonly { data: RegionList | undefined }[]): readonly Region[] {
  return answers.flatMap(({ data }) => data?.regions ?? []);
}
