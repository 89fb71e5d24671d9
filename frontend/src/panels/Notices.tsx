import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import * as ask from '../api/queries';
import { useStore, useView } from '../state/store';
import { useMap } from './mapHandle';
import classes from './Notices.module.css';
import { Trouble } from './Trouble';
import { type LayerState, useCurrentLayer } from './useLayer';

interface Notice {
  sentence: string;
  retry(): void;
}

/** What is wrong or not ready yet: sentences that never hide the map. */
export function Notices() {
  const current = useCurrentLayer();
  const trouble = useTrouble(current);
  const isEmpty = useIsEmpty();
  return (
    <>
      {trouble && (
        <div className={classes.notice} data-kind="trouble">
          <Trouble error={{ message: trouble.sentence }} retry={trouble.retry} />
        </div>
      )}
      {isEmpty && (
        <div className={classes.empty}>
          <h2>No maps yet</h2>
          <p>
            Start tilemaker with the maps to show: <code>tilemaker open map.fits</code>
          </p>
        </div>
      )}
      {!trouble && <Building state={current} />}
    </>
  );
}

/** How far the overview is. Unobtrusive: the sky is there already, as a preview. */
function Building({ state: { layer } }: { state: LayerState }) {
  if (!layer?.available || layer.is_final) return null;
  return (
    <output className={classes.building} aria-label="Building overview">
      Building overview {Math.floor(100 * (layer.progress ?? 0))} %
    </output>
  );
}

function useTrouble(current: LayerState): Notice | undefined {
  const { layer, retry } = current;
  const error = useStanding(current);
  const start = useQuery({ ...ask.defaultLayer(), enabled: false });
  const problem = useStore((store) => store.loading.problem);
  const map = useMap();
  // Servers come back: what is missing is asked for again until it is there.
  useEffect(() => {
    if (!problem) return undefined;
    const timer = setInterval(() => map.current?.retry(), ask.RECOVER_MS);
    return () => clearInterval(timer);
  }, [problem, map]);
  if (error) return { sentence: error.message, retry };
  if (!layer && start.error) return { sentence: start.error.message, retry: () => void start.refetch() };
  if (layer && !layer.available)
    return { sentence: `${layer.name} cannot be shown: ${layer.reason ?? 'its file cannot be read'}`, retry };
  return problem ? { sentence: problem, retry: () => map.current?.retry() } : undefined;
}

/** What is wrong with a layer, also while it is being asked for again. */
function useStanding({ layer, error }: LayerState): Error | null {
  const layerId = useView((view) => view.layerId);
  const last = useRef<{ layerId: string | undefined; error: Error }>(undefined);
  if (error) last.current = { layerId, error };
  if (layer || last.current?.layerId !== layerId) last.current = undefined;
  return error ?? last.current?.error ?? null;
}

function useIsEmpty(): boolean {
  const layerId = useView((view) => view.layerId);
  const start = useQuery({ ...ask.defaultLayer(), enabled: false });
  const isEmpty = layerId === undefined && start.data !== undefined && start.data.layer === null;
  const lists = useQuery({ ...ask.sourceGroups(), enabled: isEmpty }).data;
  const regions = useQuery({ ...ask.regionGroups(), enabled: isEmpty }).data;
  return isEmpty && lists?.length === 0 && regions?.length === 0;
}
