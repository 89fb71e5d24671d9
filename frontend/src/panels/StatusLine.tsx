import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import * as ask from '../api/queries';
import { format, type Position } from '../sky/coordinates';
import * as act from '../state/actions';
import { printedUnit, sensible } from '../state/numbers';
import { useStore, useView } from '../state/store';
import classes from './StatusLine.module.css';
import { scaleOf } from './scale';
import { usePreviousLayer } from './useLayer';
import { useSeen } from './useSeen';

/** How long the pointer must rest before the exact value is asked for, milliseconds. */
const REST_MS = 250;

/** Where the pointer is and what is there; the scale; what is being loaded. */
export function StatusLine() {
  const pointer = useStore((store) => store.pointer);
  const resolutionDeg = useStore((store) => store.resolutionDeg);
  const notation = useView((view) => view.notation);
  const orientation = useView((view) => view.orientation);
  const camera = useView((view) => view.camera);
  const at = pointer?.at ?? camera?.centre;
  const range = orientation === 'ra-left' ? 'positive' : 'signed';
  return (
    <div className={classes.line}>
      <Loading />
      <button
        type="button"
        className={classes.position}
        onClick={act.nextNotation}
        title="Degrees, sexagesimal, galactic: click for the next (n)"
      >
        <span className={classes.label}>{notation === 'galactic' ? 'l b' : 'RA Dec'}</span>
        <output aria-label="Position" className={pointer ? undefined : classes.centre}>
          {at ? format(at, notation, resolutionDeg, range) : '–'}
        </output>
      </button>
      <Value />
      <span className={classes.space} />
      <Scale resolutionDeg={resolutionDeg} />
    </div>
  );
}

/** The value under the pointer: at once from the tile, exactly when the pointer rests. */
function Value() {
  const pointer = useStore((store) => store.pointer);
  const seen = useSeen();
  const previous = usePreviousLayer(pointer?.isOther ?? false);
  const layer = pointer?.isOther ? previous.layer : seen.layer;
  const units = pointer?.isOther ? layer?.units : seen.units;
  const resting = useResting(pointer?.at);
  const isExactKnown = seen.minus === undefined && layer?.available;
  const exact = useQuery({
    ...ask.value(layer?.layer_id ?? '', resting),
    enabled: Boolean(isExactKnown && resting),
  }).data;
  if (!pointer || !layer) return null;
  const isExact = isExactKnown === true && resting !== undefined && exact !== undefined;
  const value = isExact ? exact.value : pointer.value;
  return (
    <output
      className={classes.value}
      aria-label="Value under the pointer"
      data-exact={isExact}
      title={isExact ? 'Exactly as in the file' : undefined}
    >
      {written(value, isExact)} <span className={classes.units}>{value == null ? '' : printedUnit(units)}</span>
    </output>
  );
}

function written(value: number | null | undefined, isExact: boolean): string {
  if (value === undefined) return '…';
  return value === null ? 'no data' : sensible(value, isExact ? 7 : 4);
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

function Loading() {
  const { waiting } = useStore((store) => store.loading);
  return (
    <div
      className={classes.loading}
      data-busy={waiting > 0}
      role="progressbar"
      aria-label="Loading tiles"
      aria-hidden={waiting === 0}
    />
  );
}

function Scale({ resolutionDeg }: { resolutionDeg: number }) {
  const { pixels, text } = scaleOf(resolutionDeg);
  return (
    <span className={classes.scale} title="Along Dec, and along RA at the equator">
      <span className={classes.scaleBar} style={{ width: pixels }} />
      {text}
    </span>
  );
}
