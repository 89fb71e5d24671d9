import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import type { PackedSources } from '../api/packedSources';
import * as ask from '../api/queries';
import type { SourceDescription, SourceList } from '../api/types';
import type { List } from '../map/SkyMap';
import type { SkyBox } from '../sky/grid';
import { onWholeSky } from '../sky/part';
import { useStore, useView } from '../state/store';

type Answers<T> = readonly { data: T | undefined }[];
const dataOf = <T>(answers: Answers<T>): readonly (T | undefined)[] => answers.map(({ data }) => data);

/** The catalogues that are switched on and have arrived, long ones as far as they are in view. */
export function useCatalogues(): readonly List[] {
  const shownIds = useView((view) => view.sourceGroups);
  const groups = useQuery(ask.sourceGroups()).data;
  const descriptions = useQueries({ queries: shownIds.map(ask.sourceDescription), combine: dataOf<SourceDescription> });
  const [shortIds, longIds] = [idsOf(descriptions, false), idsOf(descriptions, true)];
  const whole = useQueries({ queries: shortIds.map(ask.sourcesOf), combine: dataOf<SourceList> });
  const parts = useParts(longIds);
  return useMemo(() => {
    const indexOf = (id: string) => groups?.findIndex((group) => group.source_group_id === id) ?? -1;
    const lists = whole.flatMap((list) => {
      if (!list) return [];
      const { source_group_id: groupId, sources } = list;
      return [{ groupId, index: indexOf(groupId), sources, crowd: sources.length }];
    });
    const others = parts.map(({ groupId, sources, crowd }) => ({ groupId, index: indexOf(groupId), sources, crowd }));
    return [...lists, ...others].filter(({ index }) => index >= 0);
  }, [groups, whole, parts]);
}

function idsOf(descriptions: readonly (SourceDescription | undefined)[], long: boolean): string[] {
  return descriptions.flatMap((one) => (one && ask.isLong(one) === long ? [one.source_group_id] : []));
}

interface Part {
  groupId: string;
  sources: PackedSources;
  crowd: number;
}

/** What is here of long lists: of the part of the sky that is asked for, and until that has come of the one before. */
function useParts(longIds: readonly string[]): readonly Part[] {
  const box = useStore((store) => store.part);
  const answers = useQueries({
    queries: longIds.map((id) => ask.packedSources(id, box)),
    combine: dataOf<PackedSources>,
  });
  const last = useRef(new Map<string, Part>());
  const ids = longIds.join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ids as one text are the same as long as they are
  return useMemo(() => {
    const now = longIds.flatMap((groupId, i) => {
      const sources = answers[i];
      const before = last.current.get(groupId);
      if (!sources) return before ? [before] : [];
      return before?.sources === sources ? [before] : [{ groupId, sources, crowd: crowdOf(sources, box) }];
    });
    last.current = new Map(now.map((part) => [part.groupId, part]));
    return now;
  }, [ids, answers]);
}

function crowdOf(sources: PackedSources, box: SkyBox | undefined): number {
  return box ? onWholeSky(sources.length, box) : sources.length;
}
