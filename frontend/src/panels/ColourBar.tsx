import { gradient } from '../map/palettes';
import { type Colour, fractionOf, valueAt, type Warp, warpOf } from '../state/colour';
import { printedUnit, sensible, ticks } from '../state/numbers';
import { useStore, useView } from '../state/store';
import classes from './ColourBar.module.css';
import { usePreviousLayer } from './useLayer';
import { useLayerTitle } from './useLayerTitle';
import { useSeen } from './useSeen';

const MOST_TICKS = 5;
/** Ticks have at least this much of the bar to themselves. */
const ROOM = 0.11;

/** The colour bar of what is seen; of both layers, with their names, where they are side by side or one minus the other. */
export function ColourBars() {
  const mode = useView((view) => view.compare?.mode);
  const seen = useSeen();
  const previous = usePreviousLayer(mode === 'beside');
  const title = useLayerTitle(mode === 'beside' ? seen.layer : undefined);
  const otherTitle = useLayerTitle(previous.layer);
  if (mode !== 'beside') return <ColourBar colour={seen.colour} units={seen.units} />;
  return (
    <div className={classes.pair}>
      <ColourBar colour={previous.colour} units={previous.layer?.units ?? null} title={otherTitle} />
      <ColourBar colour={seen.colour} units={seen.units} title={title} />
    </div>
  );
}

interface Props {
  colour: Colour | undefined;
  units: string | null;
  /** Which layer's it is, where there are two. */
  title?: string;
}

/** The colours and what they mean, on the map. A click opens or closes the colour panel. */
function ColourBar({ colour, units, title }: Props) {
  const toggle = useStore((store) => store.toggle);
  if (!colour) return null;
  const warp = warpOf(colour);
  const isTurned = warp.turned !== colour.inverted;
  return (
    <button type="button" className={classes.bar} onClick={() => toggle('colour')} aria-label={spoken(colour, units)}>
      {title && <span className={classes.title}>{title}</span>}
      <span className={classes.colours} style={{ backgroundImage: gradient(colour.cmap, isTurned) }} />
      <span className={classes.ticks} aria-hidden>
        {ticksOf(colour, title === undefined ? ROOM : 2 * ROOM).map((value) => (
          <span key={value} className={classes.tick} style={{ left: `${100 * fractionOf(value, warp)}%` }}>
            {sensible(value, 5)}
          </span>
        ))}
      </span>
      {units && <span className={classes.units}>{printedUnit(units)}</span>}
    </button>
  );
}

function spoken({ cmap, vmin, vmax, stretch }: Colour, units: string | null): string {
  return `Colour bar, ${cmap}, ${stretch}, from ${sensible(vmin)} to ${sensible(vmax)} ${units ?? ''}. Open the colour panel`;
}

/** Round values that are not too near each other on the bar. */
function ticksOf(colour: Colour, room: number): number[] {
  const warp = warpOf(colour);
  const values = candidates(colour, warp);
  let last = Number.NEGATIVE_INFINITY;
  return values.filter((value) => {
    const at = fractionOf(value, warp);
    const isClear = at >= -0.001 && at <= 1.001 && at - last > room;
    if (isClear) last = at;
    return isClear;
  });
}

function candidates(colour: Colour, warp: Warp): number[] {
  if (warp.ranks) return [0, 0.25, 0.5, 0.75, 1].map((fraction) => Number(valueAt(fraction, warp).toPrecision(3)));
  return warp.curve === 'straight' ? ticks(colour.vmin, colour.vmax, MOST_TICKS) : decades(colour);
}

/** Powers of ten of both signs between the limits, then zero, in increasing order. */
function decades({ vmin, vmax }: Colour): number[] {
  const [low, high] = [Math.min(vmin, vmax), Math.max(vmin, vmax)];
  const top = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high), 1e-30)));
  const powers = Array.from({ length: 8 }, (_, i) => 10 ** (top - i));
  const all = [...powers, 0, ...powers.map((power) => -power)].filter((value) => value >= low && value <= high);
  return [...new Set([low, high, ...all])]
    .sort((a, b) => a - b)
    .filter((value, i, list) => i === 0 || value !== list[i - 1]);
}
