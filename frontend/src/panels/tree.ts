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
  return nodes.flatMap((node) => {
    const open = node.kind !== 'layer' && isOpen(node, nodes.length === 1);
    const key = keyOf(node);
    const row: Row = { node, depth, isOpen: open, key, parentKey };
    return [row, ...(open ? rowsOf(node.children ?? [], isOpen, depth + 1, key) : [])];
  });
}
