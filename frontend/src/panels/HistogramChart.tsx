import { type PointerEvent, useEffect, useRef } from 'react';
import type { Counts } from '../api/count';
import { gradient } from '../map/palettes';
import * as act from '../state/actions';
import { type Span, wholeOf } from '../state/axis';
import type { Colour } from '../state/colour';
import { printedUnit, rounded, sensible } from '../state/numbers';
import classes from './ColourPanel.module.css';
import { LimitHandle } from './LimitHandle';
import { useAxis } from './useAxis';

interface Props {
  histogram: Counts | undefined;
  colour: Colour;
  units: string | null;
}

const HEIGHT = 100;
/** Dragging sets limits to this part of the axis. */
const STEPS = 1000;
/** How far from a limit it can be taken hold of, CSS pixels. */
const REACH = 9;

type Held = 'low' | 'high' | 'both';

/** How often each value occurs, on a logarithmic scale, with the limits: two handles, and the part between them to be dragged. */
export function HistogramChart({ histogram, colour, units }: Props) {
  const limits = { vmin: colour.vmin, vmax: colour.vmax };
  const whole = wholeOf(histogram?.edges, limits);
  const { axis, hold, zoom, showAll } = useAxis(limits, whole);
  const span = axis.to - axis.from;
  const fraction = (value: number) => (value - axis.from) / span;
  const [low, high] = [Math.min(colour.vmin, colour.vmax), Math.max(colour.vmin, colour.vmax)];
  const isTurned = colour.vmin > colour.vmax;
  const set = (one: number, other: number) => {
    const [first, second] = [one, other].map((value) => rounded(value, span / STEPS)) as [number, number];
    act.colour(isTurned ? { vmin: second, vmax: first } : { vmin: first, vmax: second });
  };
  const move = (held: Held, by: number) => {
    if (held === 'both') set(low + by, high + by);
    else if (held === 'low') set(Math.min(low + by, high), high);
    else set(low, Math.max(high + by, low));
  };
  const box = useRef<HTMLDivElement>(null);
  const drag = useDrag(box, {
    take: (at, reach) => nearest(at, fraction(low), fraction(high), reach),
    move: (held, by) => move(held, by * span),
    hold,
  });
  useWheel(box, zoom);
  const written = (value: number) => `${sensible(value)} ${printedUnit(units)}`.trim();
  const handle = { min: axis.from, max: axis.to, step: span / 100, written };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for pointers; the handles in it have the keys
    <div ref={box} className={classes.chart} {...drag} onDoubleClick={showAll}>
      <svg viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none" role="presentation">
        <title>Drag a limit, or both between them. Scroll to zoom, double-click for all values.</title>
        {histogram && <path className={classes.counts} d={outline(histogram, axis)} />}
        {axis.from < 0 && axis.to > 0 && (
          <line className={classes.zero} x1={fraction(0)} x2={fraction(0)} y1={0} y2={HEIGHT} />
        )}
        <rect className={classes.outside} x={0} y={0} width={Math.max(0, fraction(low))} height={HEIGHT} />
        <rect
          className={classes.outside}
          x={fraction(high)}
          y={0}
          width={Math.max(0, 1 - fraction(high))}
          height={HEIGHT}
        />
      </svg>
      <div className={classes.track}>
        <div
          className={classes.bar}
          style={{
            left: `${100 * fraction(low)}%`,
            width: `${100 * (fraction(high) - fraction(low))}%`,
            backgroundImage: gradient(colour.cmap, colour.inverted !== isTurned),
          }}
        />
      </div>
      <LimitHandle {...handle} label="Lower limit" value={low} at={fraction(low)} onChange={(by) => move('low', by)} />
      <LimitHandle
        {...handle}
        label="Upper limit"
        value={high}
        at={fraction(high)}
        onChange={(by) => move('high', by)}
      />
      <div className={classes.ends} aria-hidden>
        <span>{sensible(axis.from, 3)}</span>
        <span>{sensible(axis.to, 3)}</span>
      </div>
    </div>
  );
}

/** Which limit is meant at a place, or both. */
function nearest(at: number, low: number, high: number, reach: number): Held {
  const [below, above] = [Math.abs(at - low), Math.abs(at - high)];
  if (Math.min(below, above) > reach) return 'both';
  // Where they are on top of each other, the one on whose side the pointer is.
  return below < above || (below === above && at < low) ? 'low' : 'high';
}

/** The counts as the outline of steps, 0 at the bottom, on a logarithmic scale. */
function outline({ edges, histogram }: Counts, { from, to }: Span): string {
  const place = (value: number) => Math.min(1, Math.max(0, (value - from) / (to - from))).toFixed(5);
  const most = Math.log1p(Math.max(1, ...histogram));
  const up = (count: number) => (HEIGHT * (1 - Math.log1p(count) / most)).toFixed(2);
  const steps = histogram.map((count, bin) =>
    edges[bin + 1]! < from || edges[bin]! > to ? '' : `V${up(count)}H${place(edges[bin + 1]!)}`,
  );
  return `M${place(edges[0]!)},${HEIGHT}${steps.join('')}V${HEIGHT}Z`;
}

interface Dragging {
  /** What is taken hold of at a place, a fraction of the width, with a reach likewise. */
  take(at: number, reach: number): Held;
  /** Moved by a fraction of the width. */
  move(held: Held, by: number): void;
  hold(isHeld: boolean): void;
}

function useDrag(box: React.RefObject<HTMLDivElement | null>, { take, move, hold }: Dragging) {
  const held = useRef<{ what: Held; x: number }>(undefined);
  const placeOf = (event: PointerEvent) => {
    const { left, width } = box.current!.getBoundingClientRect();
    return { at: (event.clientX - left) / width, width };
  };
  const release = () => {
    held.current = undefined;
    hold(false);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const { at, width } = placeOf(event);
      held.current = { what: take(at, REACH / width), x: event.clientX };
      hold(true);
    },
    onPointerMove: (event: PointerEvent) => {
      const now = held.current;
      if (!now) return;
      move(now.what, (event.clientX - now.x) / placeOf(event).width);
      held.current = { what: now.what, x: event.clientX };
    },
    onPointerUp: release,
    onPointerCancel: release,
  };
}

/** Zoom by the wheel, about the pointer. */
function useWheel(box: React.RefObject<HTMLDivElement | null>, zoom: (at: number, times: number) => void) {
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = box.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, width } = element.getBoundingClientRect();
      latest.current((event.clientX - left) / width, 2 ** (-event.deltaY / 200));
    };
    // React's own listeners may not keep the panel from scrolling.
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [box]);
}
