import { IconChevronRight } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import { showLayer } from '../state/actions';
import { useView } from '../state/store';
import classes from './LayerPanel.module.css';
import { piecesOf, type Row } from './tree';
import { useRowHeight } from './usePixels';
import type { Tree } from './useTree';

/** The heights of rows are also in LayerPanel.module.css. */
const ROW_HEIGHT = 28;
const THUMB_HEIGHT = 40;
/** Rows that Page Up and Page Down walk over. */
const PAGE = 10;
/** How far each level is moved to the right, in sizes of letters. */
const INDENT = 0.875;

/** The rows of the atlas, only those in sight drawn, walked with the arrow keys. */
export function LayerTree({ tree, words }: { tree: Tree; words: readonly string[] }) {
  const { rows } = tree;
  const layerId = useView((view) => view.layerId);
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: useConstant(useRowHeight(ROW_HEIGHT, THUMB_HEIGHT)),
    overscan: 12,
    initialRect: { width: 270, height: 600 },
  });
  const shownAt = rows.findIndex(({ key }) => key === `layer ${layerId}`);
  const active = Math.max(0, activeKey ? rows.findIndex(({ key }) => key === activeKey) : shownAt);
  const isThere = shownAt >= 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another layer is brought into sight, not one that moves as rows open
  useEffect(() => {
    if (isThere) virtual.scrollToIndex(shownAt);
  }, [layerId, isThere, virtual]);
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
              words={words}
              isActive={index === active}
              isShown={index === shownAt}
              choose={() => choose(row)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** A function that gives one number. */
function useConstant(value: number): () => number {
  return useCallback(() => value, [value]);
}

type Step = (goTo: (index: number) => void) => void;

/** What a key does on a row: the usual manners of a tree. */
function stepOf(key: string, row: Row, rows: readonly Row[], at: number, tree: Tree): Step | undefined {
  const steps: Record<string, Step> = {
    ArrowDown: (goTo) => goTo(at + 1),
    ArrowUp: (goTo) => goTo(at - 1),
    PageDown: (goTo) => goTo(at + PAGE),
    PageUp: (goTo) => goTo(at - PAGE),
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
  words: readonly string[];
  isActive: boolean;
  isShown: boolean;
  choose(): void;
}

function TreeRow({ id, row, top, words, isActive, isShown, choose }: RowProps) {
  const { node, depth, isOpen, place, siblings } = row;
  const isLeaf = node.kind === 'layer';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys, by aria-activedescendant
    // biome-ignore lint/a11y/useFocusableInteractive: likewise
    <div
      id={id}
      role="treeitem"
      aria-level={depth + 1}
      aria-posinset={place}
      aria-setsize={siblings}
      aria-selected={isShown}
      {...(isLeaf ? {} : { 'aria-expanded': isOpen })}
      className={classes.row}
      style={{ top, paddingLeft: `${0.5 + depth * INDENT}rem` }}
      data-kind={node.kind}
      data-active={isActive}
      title={node.description ? `${node.name}\n${node.description}` : node.name}
      onClick={choose}
    >
      {isLeaf ? (
        <span className={classes.leaf} />
      ) : (
        <IconChevronRight size="0.875rem" className={classes.arrow} data-open={isOpen} aria-hidden />
      )}
      <span className={classes.name}>
        <Marked text={node.name} words={words} />
        {isSaid(node.description, words) && (
          <span className={classes.said}>
            <Marked text={node.description!} words={words} />
          </span>
        )}
      </span>
    </div>
  );
}

/** Whether any of the words is in a description, which is shown then. */
function isSaid(description: string | null, words: readonly string[]): boolean {
  return description !== null && words.some((word) => description.toLowerCase().includes(word));
}

/** A text with the parts that match marked. */
function Marked({ text, words }: { text: string; words: readonly string[] }) {
  return piecesOf(text, words).map((piece, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing but their place
    piece.isMarked ? <mark key={i}>{piece.text}</mark> : piece.text,
  );
}
