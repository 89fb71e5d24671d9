import type { Source } from '../api/types';
import { useStore } from '../state/store';
import { withSources } from '../state/view';
import { useMap } from './mapHandle';

/** How closely a position is looked at, degrees, when one is further away than that. */
const CLOSE_DEG = 4;

/** Fly to a position. */
export function useFlight() {
  const map = useMap();
  return (raDeg: number, decDeg: number) => {
    const width = useStore.getState().view.camera?.widthDeg ?? 360;
    map.current?.gaze.flyTo({ raDeg, decDeg }, Math.min(width, CLOSE_DEG));
  };
}

/** Fly to a source, show its list and open its card. */
export function useSourceFlight() {
  const fly = useFlight();
  return (source: Source, groupId: string) => {
    const { change, note } = useStore.getState();
    change((view) => (view.sourceGroups.includes(groupId) ? view : withSources(view, groupId, true)));
    note({ picked: { source, groupId } });
    fly(source.ra, source.dec);
  };
}
