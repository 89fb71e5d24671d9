import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as ask from '../api/queries';
import type { Layer } from '../api/types';
import type { Position } from '../sky/coordinates';
import { printedUnit, sensible } from '../state/numbers';
import { useStore, useView } from '../state/store';
import classes from './PointerValue.module.css';
import { usePreviousLayer } from './useLayer';
import { useFront } from './useSeen';

/** How long the pointer must rest before the exact value is asked for, milliseconds. */
const REST_MS = 250;

/** What is under the pointer: at once from the tiles, exactly as in the files when the pointer rests. */
export function PointerValue() {
  const pointer = useStore((store) => store.pointer);
  const mode = useView((view) => view.compare?.mode);
  const seen = useFront();
  const previous = usePreviousLayer(mode !== undefined).layer;
  const resting = useResting(pointer?.at);
  const here = useExact(seen.layer, resting);
  // A difference takes away what lies under the middle of the pixel, as on the screen.
  const there = useExact(previous, seen.minus && here ? { raDeg: here.ra, decDeg: here.dec } : resting);
  if (!pointer || !seen.layer) return null;
  const one = { value: here ? here.value : pointer.value, isExact: here !== undefined, units: seen.units };
  if (seen.minus) return <Difference shown={pointer.value} of={here?.value} minus={there?.value} units={seen.units} />;
  if (!previous || (mode !== 'swipe' && mode !== 'beside')) return <Value {...one} isSeen label={LABEL} />;
  const other = {
    value: there ? there.value : pointer.otherValue,
    isExact: there !== undefined,
    units: previous.units,
  };
  return (
    <>
      <Value {...other} side="left" isSeen={pointer.isOther} label={`${LABEL}, left`} />
      <Value {...one} side="right" isSeen={!pointer.isOther} label={`${LABEL}, right`} />
    </>
  );
}

const LABEL = 'Value under the pointer';

interface Reading {
  /** Null without data, undefined while it is not known. */
  value: number | null | undefined;
  isExact: boolean;
  units: string | null | undefined;
}

function Value({
  value,
  isExact,
  units,
  isSeen,
  side,
  label,
}: Reading & { isSeen: boolean; side?: 'left' | 'right'; label: string }) {
  return (
    <output
      className={classes.value}
      aria-label={label}
      data-exact={isExact}
      data-seen={isSeen}
      title={isExact ? 'Exactly as in the file' : undefined}
    >
      {side && <span className={classes.side} data-side={side} aria-hidden />}
      {isExact && <span className={classes.exact}>= </span>}
      {written(value, isExact)} <span className={classes.units}>{value == null ? '' : printedUnit(units)}</span>
    </output>
  );
}

interface DifferenceProps {
  /** As it is drawn. */
  shown: number | null | undefined;
  /** As in the files, once they were asked. */
  of: number | null | undefined;
  minus: number | null | undefined;
  units: string | null;
}

/** A difference, and what it is made of once that is known. */
function Difference({ shown, of, minus, units }: DifferenceProps) {
  const isExact = of !== undefined && minus !== undefined;
  const exact = of == null || minus == null ? null : of - minus;
  return (
    <>
      <Value value={isExact ? exact : shown} isExact={isExact} units={units} isSeen label={LABEL} />
      {isExact && exact !== null && (
        <output className={classes.terms} aria-label="What the difference is of">
          {sensible(of!, 7)} − {minus! < 0 ? `(${sensible(minus!, 7)})` : sensible(minus!, 7)}
        </output>
      )}
    </>
  );
}

function written(value: number | null | undefined, isExact: boolean): string {
  if (value === undefined) return '…';
  return value === null ? 'no data' : sensible(value, isExact ? 7 : 4);
}

/** What a layer's file has at a position; undefined until it is known, and where nothing is to be asked. */
function useExact(layer: Layer | undefined, at: Position | undefined) {
  const isPossible = Boolean(layer?.available && at);
  const answer = useQuery({ ...ask.value(layer?.layer_id ?? '', at), enabled: isPossible }).data;
  return isPossible ? answer : undefined;
}

/** The position, once it has not changed for a while. */
function useResting(at: Position | undefined): Position | undefined {
  const [resting, setResting] = useState<Position>();
  const [raDeg, decDeg] = [at?.raDeg, at?.decDeg];
  useEffect(() => {
    setResting(undefined);
    if (raDeg === undefined || decDeg === undefined) return;
    const timer = setTimeout(() => setResting({ raDeg, decDeg }), REST_MS);
    return () => clearTimeout(timer);
  }, [raDeg, decDeg]);
  return resting;
}
