import * as ask from '../api/queries';
import { type Picked, useStore } from '../state/store';

/** Choose a source, or none. Of one of a long list only its place is known before it is asked for. */
export function pick(picked: Picked | undefined): void {
  useStore.getState().note({ picked, sought: undefined });
  if (picked && 'row' in picked.source) void complete(picked, picked.source.row as number);
}

async function complete(picked: Picked, row: number): Promise<void> {
  const source = await ask.queries.fetchQuery(ask.source(picked.groupId, row)).catch(() => undefined);
  // Another may have been chosen meanwhile.
  if (source && useStore.getState().picked === picked) useStore.getState().note({ picked: { ...picked, source } });
}
