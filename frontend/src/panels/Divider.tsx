import type { KeyboardEvent, PointerEvent } from 'react';
import { useStore, useView } from '../state/store';
import classes from './Divider.module.css';
import { useLayer } from './useLayer';
import { useLayerTitles } from './useLayerTitle';

/** The handle between two layers that are compared side by side on the same sky. */
export function Divider() {
  const compare = useView(({ compare }) => (compare?.mode === 'swipe' ? compare : undefined));
  const isBlinking = useStore((store) => store.blinking);
  const previousId = useView((view) => view.previousId);
  const currentId = useView((view) => view.layerId);
  const [left, right] = useLayerTitles(useLayer(compare && previousId).layer, useLayer(compare && currentId).layer);
  if (!compare || isBlinking) return null;
  const at = compare.divider;
  const move = (divider: number) =>
    useStore
      .getState()
      .change((view) => ({ ...view, compare: { mode: 'swipe', divider: Math.min(0.98, Math.max(0.02, divider)) } }));
  const onPointerMove = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) move(event.clientX / window.innerWidth);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (!step) return;
    event.stopPropagation();
    event.preventDefault();
    move(at + step);
  };
  return (
    <div
      className={classes.divider}
      style={{ left: `${100 * at}%` }}
      role="slider"
      tabIndex={0}
      aria-label="Divider between the two layers"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * at)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    >
      <span className={classes.left}>{left}</span>
      <span className={classes.grip} aria-hidden>
        ‹ ›
      </span>
      <span className={classes.right}>{right}</span>
    </div>
  );
}
