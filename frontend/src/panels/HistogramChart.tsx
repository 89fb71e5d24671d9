import { RangeSlider } from '@mantine/core';
import { type PointerEvent, useRef } from 'react';
import type { Counts } from '../api/count';
import { gradient } from '../map/palettes';
import * as act from '../state/actions';
import type { Colour } from '../state/colour';
import { printedUnit, sensible } from '../state/numbers';
import classes from './ColourPanel.module.css';

interface Props {
  histogram: Counts | undefined;
  colour: Colour;
  units: string | null;
}

const HEIGHT = 100;
const STEPS = 1000;

/** How often each value occurs, on a logarithmic scale, with the limits: two handles, and the part between them to be dragged. */
export function HistogramChart({ histogram, colour, units }: Props) {
  const [from, to] = rangeOf(histogram, colour);
  const span = to - from;
  const fraction = (value: number) => (value - from) / span;
  const [low, high] = [Math.min(colour.vmin, colour.vmax), Math.max(colour.vmin, colour.vmax)];
  const isTurned = colour.vmin > colour.vmax;
  const set = (first: number, second: number) =>
    act.colour(isTurned ? { vmin: second, vmax: first } : { vmin: first, vmax: second });
  const drag = useDrag((by) => set(low + by * span, high + by * span));
  const written = (value: number) => `${sensible(value)} ${printedUnit(units)}`.trim();
  return (
    <div>
      <div className={classes.chart} {...drag} aria-hidden title="Drag to move both limits">
        <svg viewBox={`0 0 1 ${HEIGHT}`} preserveAspectRatio="none" role="presentation">
          {histogram && <path className={classes.counts} d={outline(histogram, fraction)} />}
          {from < 0 && to > 0 && <line className={classes.zero} x1={fraction(0)} x2={fraction(0)} y1={0} y2={HEIGHT} />}
          <rect className={classes.outside} x={0} y={0} width={Math.max(0, fraction(low))} height={HEIGHT} />
          <rect
            className={classes.outside}
            x={fraction(high)}
            y={0}
            width={Math.max(0, 1 - fraction(high))}
            height={HEIGHT}
          />
          {[low, high].map((value) => (
            <line key={value} className={classes.limit} x1={fraction(value)} x2={fraction(value)} y1={0} y2={HEIGHT} />
          ))}
        </svg>
      </div>
      <RangeSlider
        classNames={{ root: classes.slider!, track: classes.track!, bar: classes.bar!, thumb: classes.thumb! }}
        styles={{ bar: { backgroundImage: gradient(colour.cmap, colour.inverted !== isTurned) } }}
        min={0}
        max={STEPS}
        minRange={0}
        label={null}
        thumbFromLabel="Lower limit"
        thumbToLabel="Upper limit"
        thumbProps={() => ({ 'aria-valuetext': `${written(low)} to ${written(high)}` })}
        value={[fraction(low) * STEPS, fraction(high) * STEPS]}
        step={0.5}
        onChange={([first, second]) => set(from + (first / STEPS) * span, from + (second / STEPS) * span)}
      />
      <div className={classes.ends}>
        <span>{sensible(from, 3)}</span>
        <span>{sensible(to, 3)}</span>
      </div>
    </div>
  );
}

/** What the chart reaches over: the histogram's range, and the limits where they lie outside it. */
function rangeOf(histogram: Counts | undefined, { vmin, vmax }: Colour): [number, number] {
  const [first, last] = histogram ? [histogram.edges[0]!, histogram.edges.at(-1)!] : [vmin, vmax];
  const [from, to] = [Math.min(first, vmin, vmax), Math.max(last, vmin, vmax)];
  return to > from ? [from, to] : [from - 1, to + 1];
}

/** The counts as the outline of steps, 0 at the bottom, on a logarithmic scale. */
function outline({ edges, histogram }: Counts, fraction: (value: number) => number): string {
  const most = Math.log1p(Math.max(1, ...histogram));
  const up = (count: number) => (HEIGHT * (1 - Math.log1p(count) / most)).toFixed(2);
  const steps = histogram.map((count, bin) => `V${up(count)}H${fraction(edges[bin + 1]!).toFixed(5)}`);
  return `M${fraction(edges[0]!).toFixed(5)},${HEIGHT}${steps.join('')}V${HEIGHT}Z`;
}

/** Sideways dragging, as a fraction of the element's width at a time. */
function useDrag(onMove: (by: number) => void) {
  const last = useRef<number>(undefined);
  return {
    onPointerDown: (event: PointerEvent) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      last.current = event.clientX;
    },
    onPointerMove: (event: PointerEvent) => {
      if (last.current === undefined) return;
      onMove((event.clientX - last.current) / event.currentTarget.getBoundingClientRect().width);
      last.current = event.clientX;
    },
    onPointerUp: () => {
      last.current = undefined;
    },
  };
}
