/** Back and forward through the layers that were looked at: the browser's own history, but never out of this page. */

import { showLayer } from '../state/actions';
import { useStore, useView } from '../state/store';

/** How many layers of this page lie before the current one. */
export function stepNow(): number {
  const { step } = (history.state ?? {}) as { step?: number };
  return step ?? 0;
}

/** The step that the page is at; none yet. */
let latest = -1;
/** The last step that forward leads to; not known of a page that was loaded anew. */
let last = Infinity;

/** Note where in the history the page is. Returns whether it came there by no step of ours: by a link, typed or clicked. */
export function countSteps(): boolean {
  const isNew = (history.state as { step?: number } | null)?.step === undefined;
  if (isNew) history.replaceState(stepAfter(), '');
  latest = stepNow();
  return isNew;
}

/** What the history is to remember of the next step. */
export function stepAfter(): { step: number } {
  last = ++latest;
  return { step: last };
}

/** To the layer before: that of a link, where none was looked at. */
export function back(): void {
  const { previousId } = useStore.getState().view;
  if (stepNow() > 0) history.back();
  else if (previousId) showLayer(previousId);
}

export const forward = (): void => history.forward();

export function useCanGoBack(): boolean {
  useView((view) => view.layerId);
  const previousId = useView((view) => view.previousId);
  return stepNow() > 0 || previousId !== undefined;
}

export function useCanGoForward(): boolean {
  useView((view) => view.layerId);
  return stepNow() < last;
}
