import { CloseButton, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import * as ask from '../api/queries';
import type { Source } from '../api/types';
import { colourOfList } from '../map/Catalogue';
import { aligned } from '../state/numbers';
import { useStore, useView } from '../state/store';
import { type Column, columnsOf, matching, nextOrder, type Order, ordered } from '../state/table';
import classes from './SourceTable.module.css';
import { Trouble } from './Trouble';
import { useSourceFlight } from './useFlight';
import { useRowHeight } from './usePixels';

/** Heights of rows, as in SourceTable.module.css. */
const ROW_HEIGHT = 26;
const THUMB_HEIGHT = 40;
/** Rows that Page Up and Page Down walk over. */
const PAGE = 8;
const NOTHING: readonly Source[] = [];

/** The sources of one list, to be ordered, filtered and flown to. `onChoose` is told when somebody goes to one. */
export function SourceTable({ onChoose }: { onChoose?(): void }) {
  const { id, index, groups } = useList();
  const [words, setWords] = useState('');
  const [order, setOrder] = useState<Order>();
  const { list, sources, inView, isOrderedHere } = useListed(id, order);
  const columns = useMemo(() => columnsOf(sources), [sources]);
  const settled = useDeferredValue(words);
  const found = useMemo(() => matching(sources, columns, settled), [sources, columns, settled]);
  const rows = useMemo(() => ordered(found, columns, order), [found, columns, order]);
  const fly = useSourceFlight();
  if (groups && id === undefined) return <p className={classes.nothing}>This server has no catalogues.</p>;
  const choose = (source: Source) => {
    fly(source, id!);
    onChoose?.();
  };
  return (
    <div className={classes.table}>
      <div className={classes.head}>
        <NativeSelect
          size="xs"
          aria-label="Catalogue"
          className={classes.list!}
          leftSection={<span className={classes.ring} style={{ borderColor: colourOfList(Math.max(0, index)) }} />}
          data={groups?.map((group) => ({ value: group.source_group_id, label: group.name })) ?? []}
          value={id ?? ''}
          onChange={(event) => useStore.getState().note({ listed: event.currentTarget.value })}
        />
        <Filter words={words} setWords={setWords} />
        <output className={classes.count} aria-label="Sources found">
          {list.data && countOf(rows.length, sources.length, inView)}
        </output>
      </div>
      {isOrderedHere && order && (
        <p className={classes.remark} role="status">
          Ordered by {order.by} are only the {number(sources.length)} that are listed, of {number(inView ?? 0)} in view.
          Columns of numbers order all of them.
        </p>
      )}
      {list.error ? (
        <Trouble error={list.error} retry={() => void list.refetch()} />
      ) : (
        <Rows rows={rows} columns={columns} order={order} setOrder={setOrder} choose={choose} />
      )}
      {list.isLoading && <p className={classes.nothing}>Loading the list…</p>}
      {list.data && !rows.length && <p className={classes.nothing}>{whyNothing(settled, sources.length, inView)}</p>}
    </div>
  );
}

/** The list that was asked for, else the first that is shown, else the first. */
function useList() {
  const groups = useQuery(ask.sourceGroups()).data;
  const listed = useStore((store) => store.listed);
  const shown = useView((view) => view.sourceGroups[0]);
  const id = listed ?? shown ?? groups?.[0]?.source_group_id;
  return { id, groups, index: groups?.findIndex(({ source_group_id }) => source_group_id === id) ?? -1 };
}

/** The sources of a list: all of them, or of a long one those in view that come first by an order, if the server can order by it. */
function useListed(id: string | undefined, order: Order | undefined) {
  const described = useQuery({ ...ask.sourceDescription(id ?? ''), enabled: id !== undefined });
  const description = described.data;
  const isLong = ask.isLong(description);
  const whole = useQuery({ ...ask.sourcesOf(id ?? ''), enabled: isLong === false });
  const window = useStore((store) => store.window);
  const isField = description?.fields.some((field) => field.is_number && field.name === order?.by);
  const within = useQuery({
    ...ask.sourcesWithin(id ?? '', window, isField ? order : undefined),
    enabled: isLong === true && window !== undefined,
  });
  // A list is read when it is first asked about: that may take its time, or fail.
  if (isLong === undefined) return { list: described, sources: NOTHING };
  if (!isLong) return { list: whole, sources: whole.data?.sources ?? NOTHING };
  const { sources = NOTHING, found: inView = 0 } = within.data ?? {};
  return { list: within, sources, inView, isOrderedHere: !isField && sources.length < inView };
}

/** `inView` is how many of a long list are in view, here or not: words are looked for among those that are here. */
function countOf(found: number, all: number, inView: number | undefined): string {
  if (inView !== undefined && all < inView && found < all) return `${number(found)} of the first ${number(all)}`;
  const [some, total] = [found, inView ?? all].map(number);
  return `${some === total ? total : `${some} of ${total}`}${inView === undefined ? '' : ' in view'}`;
}

/** Why no row is shown. */
function whyNothing(words: string, all: number, inView: number | undefined): string {
  if (!all) return inView === 0 ? 'None in view.' : 'This list is empty.';
  return all < (inView ?? all)
    ? `None of the first ${number(all)} in view matches “${words}”.`
    : `No source matches “${words}”.`;
}

function number(count: number): string {
  return count.toLocaleString('en');
}

function Filter({ words, setWords }: { words: string; setWords(words: string): void }) {
  return (
    <TextInput
      size="xs"
      className={classes.filter!}
      placeholder="Filter: words, dec > −5"
      aria-label="Filter sources"
      rightSection={words ? <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setWords('')} /> : null}
      value={words}
      onChange={(event) => setWords(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !words) return;
        event.stopPropagation();
        setWords('');
      }}
    />
  );
}

interface RowsProps {
  rows: readonly Source[];
  columns: readonly Column[];
  order: Order | undefined;
  setOrder(order: Order | undefined): void;
  choose(source: Source): void;
}

/** Only the rows in sight are drawn; they are walked with the arrow keys. */
function Rows({ rows, columns, order, setOrder, choose }: RowsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const picked = useStore((store) => store.picked?.source);
  const height = useRowHeight(ROW_HEIGHT, THUMB_HEIGHT);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback(() => height, [height]),
    scrollPaddingStart: height,
    overscan: 10,
    initialRect: { width: 600, height: 300 },
  });
  const goTo = (index: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, index));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const goToPicked = useRef(goTo);
  goToPicked.current = goTo;
  useEffect(() => {
    const index = picked ? rows.indexOf(picked) : -1;
    if (index >= 0) goToPicked.current(index);
  }, [picked, rows]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const next = nextRow(event.key, active, rows.length);
    const source = rows[active];
    if (next === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== undefined) goTo(next);
    else if (source) choose(source);
  };
  const shown = virtual.getVirtualItems();
  const [above, below] = [shown[0]?.start ?? 0, virtual.getTotalSize() - (shown.at(-1)?.end ?? 0)];
  return (
    <div ref={scroller} className={classes.scroller}>
      <table
        className={classes.grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: what a table is called that is walked with the arrow keys
        role="grid"
        tabIndex={0}
        aria-label="Sources"
        aria-rowcount={rows.length + 1}
        aria-activedescendant={`source-${active}`}
        style={{ minWidth: `${columns.reduce((sum, column) => sum + widthOf(column), 0)}rem` }}
        onKeyDown={onKeyDown}
      >
        <colgroup>
          {columns.map((column) => (
            <col key={column.title} style={{ width: `${widthOf(column)}rem` }} />
          ))}
        </colgroup>
        <Titles columns={columns} order={order} setOrder={setOrder} />
        <tbody>
          <Space height={above} />
          {shown.map(({ index }) => (
            <Row
              key={index}
              index={index}
              source={rows[index]!}
              columns={columns}
              isActive={index === active}
              isPicked={rows[index] === picked}
              choose={() => {
                setActive(index);
                choose(rows[index]!);
              }}
            />
          ))}
          <Space height={below} />
        </tbody>
      </table>
    </div>
  );
}

/** Stands for rows that are not drawn. */
function Space({ height }: { height: number }) {
  return height > 0 && <tr aria-hidden style={{ height }} />;
}

function nextRow(key: string, at: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: count - 1,
  };
  return steps[key];
}

/** The least width of a column, in sizes of letters. */
function widthOf({ title, isNumber }: Column): number {
  if (title === 'Name') return 10.5;
  return isNumber ? Math.min(9, Math.max(5.25, 2 + 0.45 * title.length)) : 8;
}

function Titles({ columns, order, setOrder }: Pick<RowsProps, 'columns' | 'order' | 'setOrder'>) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {columns.map(({ title, isNumber }) => {
          const way = order?.by === title ? (order.isDown ? 'descending' : 'ascending') : 'none';
          return (
            <th key={title} aria-sort={way} className={classes.title} data-number={isNumber}>
              <button type="button" title={title} onClick={() => setOrder(nextOrder(order, title))}>
                {title}
                <span aria-hidden>{{ ascending: ' ↑', descending: ' ↓', none: '' }[way]}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface RowProps {
  index: number;
  source: Source;
  columns: readonly Column[];
  isActive: boolean;
  isPicked: boolean;
  choose(): void;
}

function Row({ index, source, columns, isActive, isPicked, choose }: RowProps) {
  return (
    <tr
      id={`source-${index}`}
      aria-rowindex={index + 2}
      aria-selected={isPicked}
      className={classes.row}
      data-active={isActive}
      onClick={choose}
    >
      {columns.map((column) => {
        const text = textOf(column, source);
        return (
          <td key={column.title} className={classes.cell} data-number={column.isNumber} title={text}>
            {text}
          </td>
        );
      })}
    </tr>
  );
}

function textOf(column: Column, source: Source): string {
  const value = column.of(source);
  if (value === null) return '';
  return typeof value === 'string' ? value : aligned(value, column.decimals);
}
