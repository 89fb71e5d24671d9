import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import * as ask from '../api/queries';
import type { Band, Layer, LayerName, MapName } from '../api/types';
import { bandNode, groupNode, keyOf, layerNode, mapNode, type Node, nodesOf, pruned, type Row, rowsOf } from './tree';
import { useCurrentLayer } from './useLayer';

export interface Tree {
  rows: readonly Row[];
  isLoading: boolean;
  error: Error | null;
  retry(): void;
  setOpen(row: Row, open: boolean): void;
}

/** The atlas as rows: fetched level by level as it is opened, or what remains of it by a filter. */
export function useTree(words: readonly string[]): Tree {
  const lazy = useLazyTree();
  const found = useFound(words);
  return words.length ? found : lazy;
}

/** What of the atlas every word is said of. The server looks for the longest one. */
export function useFound(words: readonly string[]): Tree {
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '');
  const { data, isLoading, error, refetch } = useQuery(ask.search(longest));
  const phrase = words.join(' ');
  const rows = useMemo(
    () => (phrase ? rowsOf(pruned(nodesOf(data?.filtered_layer_menu ?? []), phrase.split(' ')), () => true) : []),
    [data, phrase],
  );
  return { rows, isLoading, error, retry: () => void refetch(), setOpen: () => undefined };
}

function useLazyTree(): Tree {
  const { layer } = useCurrentLayer();
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const groups = useQuery(ask.mapGroups());
  const client = useQueryClient();
  const isOpen = (node: Node, isOnly: boolean) => chosen.get(keyOf(node)) ?? (isOnly || isOnTheWay(node, layer));

  const wanted: Node[] = [];
  const grown = (node: Node, isOnly: boolean): Node => {
    if (node.kind === 'layer' || !isOpen(node, isOnly)) return node;
    wanted.push(node);
    const children = childrenOf(node, client.getQueryData(childrenQuery(node).queryKey));
    return { ...node, children: children?.map((child) => grown(child, children.length === 1)) };
  };
  const roots = groups.data?.map(groupNode) ?? [];
  const nodes = roots.map((root) => grown(root, roots.length === 1));
  // What has arrived is read above; this asks for what has not, and draws anew when it comes.
  const answers = useQueries({ queries: wanted.map(childrenQuery) });
  const failed = answers.find(({ error }) => error) ?? groups;

  return {
    rows: rowsOf(nodes, isOpen),
    isLoading: groups.isLoading,
    error: failed.error,
    retry: () => void failed.refetch(),
    setOpen: (row, open) => setChosen(new Map(chosen).set(row.key, open)),
  };
}

function isOnTheWay({ kind, id }: Node, layer: Layer | undefined): boolean {
  if (!layer) return false;
  return id === { group: layer.map_group_id, map: layer.map_id, band: layer.band_id, layer: undefined }[kind];
}

type Children = readonly (MapName | Band | LayerName)[];

function childrenQuery({ kind, id }: Node) {
  const query = kind === 'group' ? ask.mapsOf(id) : kind === 'map' ? ask.bandsOf(id) : ask.layersOf(id);
  return {
    queryKey: query.queryKey as readonly unknown[],
    queryFn: query.queryFn as never,
    notifyOnChangeProps: ['data', 'error'] as ('data' | 'error')[],
  };
}

function childrenOf({ kind }: Node, answer: unknown): Node[] | undefined {
  const children = answer as Children | undefined;
  if (kind === 'group') return children?.map((child) => mapNode(child as MapName));
  if (kind === 'map') return children?.map((child) => bandNode(child as Band));
  return children?.map((child) => layerNode(child as LayerName));
}
