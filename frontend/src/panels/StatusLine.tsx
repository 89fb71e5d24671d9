import { format } from '../sky/coordinates';
import * as act from '../state/actions';
import { useStore, useView } from '../state/store';
import { PointerValue } from './PointerValue';
import classes from './StatusLine.module.css';
import { scaleOf } from './scale';

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
      <PointerValue />
      <span className={classes.space} />
      <Scale resolutionDeg={resolutionDeg} />
    </div>
  );
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
