import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type Resolved, resolve } from '../api/sesame';
import { parsePosition } from '../sky/coordinates';
import { useStore } from '../state/store';
import { useFlight } from './useFlight';

export interface Lookup {
  isPending: boolean;
  /** Why the name could not be looked up. */
  error: Error | null;
  /** Undefined where there is nothing that could be the name of an object. */
  ask: (() => void) | undefined;
}

/** Looks an object up by its name, elsewhere, when asked to; then flies to it. */
export function useLookup(words: string, done: () => void): Lookup {
  const fly = useFlight();
  const { mutate, reset, isPending, error } = useMutation({ mutationFn: (name: string) => resolve(name) });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, another question
  useEffect(() => reset(), [words, reset]);
  const onSuccess = (found: Resolved) => {
    useStore.getState().note({ picked: { source: asSource(found), groupId: '' } });
    fly(found.raDeg, found.decDeg);
    done();
  };
  const isName = words.length > 1 && !parsePosition(words);
  return { isPending, error, ask: isName ? () => mutate(words, { onSuccess }) : undefined };
}

/** What was found, as the card shows sources. */
function asSource({ name, raDeg, decDeg, kind }: Resolved) {
  return { name, ra: raDeg, dec: decDeg, extra: { ...(kind ? { Type: kind } : {}), 'Looked up in': 'Sesame' } };
}
