/** Back and forward through the layers that were looked at: the browser's own history, but never out of this page. */

import { useView } from '../state/store';

/** How many layers of this page lie before the current one. */
export function stepNow(): number {
  const { step } = (history.state ?? {}) as { step?: number };
  return step ?? 0;
}

export function back(): void {
  if (stepNow() > 0) history.back();
}

export const forward = (): void => history.forward();

export function useCanGoBack(): boolean {
  useView((view) => view.layerId);
  return stepNow() > 0;
}
