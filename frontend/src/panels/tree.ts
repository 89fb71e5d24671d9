/** The atlas as rows of a list: pure functions from what has been fetched to what is to be shown. */

import type { Band, LayerName, MapGroup, MapName, MenuGroup } from '../api/types';

export type Kind = 'group' | 'map' | 'band' | 'layer';

export interface Node {
  kind: Kind;
  id: string;
  name: string;
  description: string | null;
  /** Undefined when they have not been fetched. */
  children?: readonly Node[] | undefined;
}

export interface Row {
  node: Node;
  depth: number;
  isOpen: boolean;
  /** Unique among rows: an id may occur at two levels. */
  key: string;
  parentKey: string | undefined;
  /** Which of its siblings it is, from 1, and how many there are. */
  place: number;
  siblings: number;
}

export const keyOf = ({ kind, id }: Pick<Node, 'kind' | 'id'>): string => `${kind} ${id}`;

export const groupNode = (group: MapGroup): Node => ({ ...named(group), kind: 'group', id: group.map_group_id });
export const mapNode = (map: MapName): Node => ({ ...named(map), kind: 'map', id: map.map_id });
export const bandNode = (band: Band): Node => ({ ...named(band), kind: 'band', id: band.band_id });
export const layerNode = (layer: LayerName): Node => ({ ...named(layer), kind: 'layer', id: layer.layer_id });

function named({ name, description }: { name: string; description: string | null }) {
  return { name, description };
}

/** The nodes of a search's answer, which comes whole. */
export function nodesOf(menu: readonly MenuGroup[]): Node[] {
  return menu.map((group) => ({
    ...groupNode(group),
    children: group.maps.map((map) => ({
      ...mapNode(map),
      children: map.bands.map((band) => ({ ...bandNode(band), children: band.layers.map(layerNode) })),
    })),
  }));
}

/** Lay the open part of a tree out as rows. */
export function rowsOf(
  nodes: readonly Node[],
  isOpen: (node: Node, isOnly: boolean) => boolean,
  depth = 0,
  parentKey?: string,
): Row[] {
  return nodes.flatMap((node, i) => {
    const open = node.kind !== 'layer' && isOpen(node, nodes.length === 1);
    const key = keyOf(node);
    const row: Row = { node, depth, isOpen: open, key, parentKey, place: i + 1, siblings: nodes.length };
    return [row, ...(open ? rowsOf(node.children ?? [], isOpen, depth + 1, key) : [])];
  });
}

/** What is typed, as the words to look for. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** The nodes of which every word is said: by themselves, by something they are in, or by something in them. */
export function pruned(nodes: readonly Node[], words: readonly string[]): Node[] {
  return nodes.flatMap((node): Node[] => {
    const said = `${node.name}\n${node.description ?? ''}`.toLowerCase();
    const missing = words.filter((word) => !said.includes(word));
    if (!missing.length) return [node];
    const children = pruned(node.children ?? [], missing);
    return children.length ? [{ ...node, children }] : [];
  });
}

/** Where words occur in a text: pieces of it in order, those marked that are one of the words. */
export function piecesOf(text: string, words: readonly string[]): { text: string; isMarked: boolean }[] {
  if (!words.length) return [{ text, isMarked: false }];
  const anyWord = new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'i');
  // Split by a group, every other piece is what the group matched.
  return text
    .split(anyWord)
    .map((piece, i) => ({ text: piece, isMarked: i % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
