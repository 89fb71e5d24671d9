import { gradient } from '../map/palettes';
import { type Colour, fractionOf, warpOf } from '../state/colour';
import { printedUnit, sensible } from '../state/numbers';
import { useStore, useView } from '../state/store';
import { ticksOf } from '../state/ticks';
import classes from './ColourBar.module.css';
import { usePreviousLayer } from './useLayer';
import { useLayerTitles } from './useLayerTitle';
import { useFront } from './useSeen';

/** Ticks have at least this much of the bar to themselves. */
const ROOM = 0.11;

/** The colour bar of what is seen; of both layers, with their names, where the two are seen. */
export function ColourBars() {
  const mode = useView((view) => view.compare?.mode);
  const seen = useFront();
  const isBlinking = useStore((store) => store.blinking);
  const isPair = mode === 'beside' || (mode === 'swipe' && !isBlinking);
  const previous = usePreviousLayer(isPair);
  const [title, otherTitle] = useLayerTitles(isPair ? seen.layer : undefined, previous.layer);
  if (!isPair || !previous.layer) return <ColourBar colour={seen.colour} units={seen.units} />;
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
    <button type="button" className={classes.bar} onClick={() => toggle('colour')}>
      <span className="spoken">{spoken(colour)}</span>
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

function spoken({ cmap, vmin, vmax, stretch }: Colour): string {
  return `Open or close the colour panel. Colour bar, ${cmap}, ${stretch}, from ${sensible(vmin)} to ${sensible(vmax)}`;
}
