/** Keeps the address bar and the view the same: another layer is a step of the browser's history, all else changes in place. */

import { fromLink, sourceFromLink, toLink } from '../state/link';
import { useStore } from '../state/store';
import { colourKey, type View } from '../state/view';
import { countSteps, stepAfter } from './steps';

/** Browsers refuse a page that rewrites its address too often, milliseconds. */
const PAUSE_MS = 200;

/** Read the address, then follow it and be followed by it. Returns the undoing. */
export function followAddress(): () => void {
  let shownLayer: string | undefined;
  let timer: number | undefined;
  const follow = (isBeginning = false) => {
    const read = fromLink(location.hash);
    const isNew = countSteps();
    const take = isNew ? arrived : returned;
    // First: what is read is no step of its own.
    shownLayer = read.layerId;
    useStore.getState().change((view) => take(view, read));
    if (isNew || isBeginning) useStore.getState().note({ picked: sourceFromLink(location.hash) });
  };
  follow(true);
  const write = () => {
    const { view, picked } = useStore.getState();
    const link = `#${toLink(view, picked)}`;
    if (link === location.hash) return;
    const isStep = shownLayer !== undefined && view.layerId !== shownLayer;
    if (isStep) history.pushState(stepAfter(), '', link);
    else history.replaceState(history.state, '', link);
    shownLayer = view.layerId;
  };
  const onMove = () => {
    clearTimeout(timer);
    follow();
  };
  const stop = useStore.subscribe((now, before) => {
    if (now.view === before.view && now.picked === before.picked) return;
    clearTimeout(timer);
    if (now.view.layerId !== before.view.layerId) write();
    else timer = window.setTimeout(write, PAUSE_MS);
  });
  window.addEventListener('popstate', onMove);
  return () => {
    stop();
    clearTimeout(timer);
    window.removeEventListener('popstate', onMove);
  };
}

/** What a link shows that was typed or clicked: all is as it says; what was done to layers that it does not name is remembered. */
function arrived(view: View, read: View): View {
  const { [colourKey(read) ?? '']: _, [read.previousId ?? '']: __, ...colours } = view.colours;
  return merged({ ...view, colours }, read);
}

/** What back and forward show: another layer, with what was done to it. One goes on looking at the same place. */
function returned(view: View, read: View): View {
  return merged(view, { ...read, camera: view.camera ?? read.camera });
}

function merged(view: View, read: View): View {
  const layerId = read.layerId ?? view.layerId;
  const previousId = read.previousId ?? (layerId === view.layerId ? view.previousId : view.layerId);
  return {
    ...read,
    layerId,
    previousId,
    camera: read.camera ?? view.camera,
    colours: { ...view.colours, ...read.colours },
    reaches: { ...view.reaches, ...read.reaches },
  };
}
