/** Back and forward through the layers that were looked at: the browser's own history, but never out of this page. */

import { showLayer } from '../state/actions';
import { useStore, useView } from '../state/store';

/** How many layers of this page lie before the current one. */
export function stepNow(): number {
  const { step } = (history.state ?? {}) as { step?: number };
  return step ?? 0;
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
