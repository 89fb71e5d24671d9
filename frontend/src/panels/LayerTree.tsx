import { IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useRef, useState } from 'react';
import { showLayer } from '../state/actions';
import { useView } from '../state/store';
import classes from './LayerPanel.module.css';
import type { Row } from './tree';
import type { Tree } from './useTree';

const ROW_HEIGHT = 28;
const INDENT = 14;

/** The rows of the atlas, only those in sight drawn, walked with the arrow keys. */
export function LayerTree({ tree, words }: { tree: Tree; words: string }) {
  const { rows } = tree;
  const layerId = useView((view) => view.layerId);
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 270, height: 600 },
  });
  const active = Math.max(
    0,
    rows.findIndex(({ key }) => key === (activeKey ?? `layer ${layerId}`)),
  );
  const goTo = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    setActiveKey(row.key);
    virtual.scrollToIndex(rows.indexOf(row));
  };
  const choose = (row: Row) => {
    setActiveKey(row.key);
    if (row.node.kind === 'layer') showLayer(row.node.id);
    else tree.setOpen(row, !row.isOpen);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active];
    const step = row && stepOf(event.key, row, rows, active, tree);
    if (!row || (!step && event.key !== 'Enter')) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Enter') choose(row);
    else step?.(goTo);
  };
  if (!rows.length) return null;
  return (
    <div
      ref={scroller}
      className={classes.tree}
      role="tree"
      tabIndex={0}
      aria-label="Layers"
      aria-activedescendant={`row-${active}`}
      onKeyDown={onKeyDown}
    >
      <div className={classes.rows} style={{ height: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]!;
          return (
            <TreeRow
              key={row.key}
              id={`row-${index}`}
              row={row}
              top={start}
              words={tree.matched.has(row.node.id) ? words : ''}
              isActive={index === active}
              isShown={row.node.kind === 'layer' && row.node.id === layerId}
              choose={() => choose(row)}
            />
          );
        })}
      </div>
    </div>
  );
}

type Step = (goTo: (index: number) => void) => void;

/** What a key does on a row: the usual manners of a tree. */
function stepOf(key: string, row: Row, rows: readonly Row[], at: number, tree: Tree): Step | undefined {
  const steps: Record<string, Step> = {
    ArrowDown: (goTo) => goTo(at + 1),
    ArrowUp: (goTo) => goTo(at - 1),
    Home: (goTo) => goTo(0),
    End: (goTo) => goTo(rows.length - 1),
    ArrowRight: (goTo) => (row.isOpen || row.node.kind === 'layer' ? goTo(at + 1) : tree.setOpen(row, true)),
    ArrowLeft: (goTo) =>
      row.isOpen ? tree.setOpen(row, false) : goTo(rows.findIndex(({ key: other }) => other === row.parentKey)),
  };
  return steps[key];
}

interface RowProps {
  id: string;
  row: Row;
  top: number;
  words: string;
  isActive: boolean;
  isShown: boolean;
  choose(): void;
}

function TreeRow({ id, row: { node, depth, isOpen }, top, words, isActive, isShown, choose }: RowProps) {
  const isLeaf = node.kind === 'layer';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys, by aria-activedescendant
    // biome-ignore lint/a11y/useFocusableInteractive: likewise
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isShown}
      {...(isLeaf ? {} : { 'aria-expanded': isOpen })}
      className={classes.row}
      style={{ top, paddingLeft: 8 + depth * INDENT }}
      data-kind={node.kind}
      data-active={isActive}
      title={node.description ? `${node.name}\n${node.description}` : node.name}
      onClick={choose}
    >
      {isLeaf ? (
        <span style={{ width: 4 }} />
      ) : (
        <IconChevronRight size={14} className={classes.arrow} data-open={isOpen} aria-hidden />
      )}
      <span className={classes.name}>{marked(node.name, words)}</span>
    </div>
  );
}

/** A name with the part that matches marked. */
function marked(name: string, words: string) {
  const at = words ? name.toLowerCase().indexOf(words.toLowerCase()) : -1;
  if (at < 0) return name;
  const end = at + words.length;
  return (
    <>
      {name.slice(0, at)}
      <mark>{name.slice(at, end)}</mark>
      {name.slice(end)}
    </>
  );
}
