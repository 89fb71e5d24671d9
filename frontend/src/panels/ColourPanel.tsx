import { Button, Checkbox, Group, SegmentedControl } from '@mantine/core';
import type { Counts } from '../api/count';
import * as act from '../state/actions';
import { type Colour, type ColourChange, type Limits, PRESETS, STRETCHES, type Stretch } from '../state/colour';
import { printedUnit } from '../state/numbers';
import { useView } from '../state/store';
import { colourKey } from '../state/view';
import { ColourMapSelect } from './ColourMapSelect';
import classes from './ColourPanel.module.css';
import { HistogramChart } from './HistogramChart';
import { LimitField } from './LimitField';
import { useSeen } from './useSeen';

const STRETCH_NAMES: Record<Stretch, string> = {
  linear: 'Linear',
  log: 'Log',
  symlog: 'Symlog',
  asinh: 'Asinh',
  sqrt: '√',
  square: 'x²',
  histeq: 'Hist-eq',
};

/** What the shorter names mean. */
const STRETCH_HINTS: Partial<Record<Stretch, string>> = {
  symlog: 'Logarithmic on both sides of zero',
  sqrt: 'Square root',
  square: 'Square',
  histeq: 'Histogram equalisation: as many pixels in each colour',
};

/** How the numbers of the layer become colours. Nothing here asks the server for anything. */
export function ColourPanel() {
  const { layer, minus, histogram, colour, units, isOfView } = useSeen();
  const isChanged = useView((view) => view.colours[colourKey(view) ?? ''] !== undefined);
  if (!layer || !colour)
    return <p className={classes.nothing}>The colours of a layer are set here, once one is shown.</p>;
  return (
    <div className={classes.panel}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Histogram"
        value={isOfView ? 'view' : 'layer'}
        disabled={minus !== undefined}
        onChange={act.toggleCounts}
        data={[
          { value: 'layer', label: 'Whole layer' },
          { value: 'view', label: 'In view' },
        ]}
      />
      <HistogramChart
        key={`${layer.layer_id} ${minus?.layer_id} ${isOfView}`}
        histogram={histogram}
        colour={colour}
        units={units}
      />
      <LimitFields colour={colour} units={units} />
      {histogram && <Presets histogram={histogram} colour={colour} />}
      <ColourMapSelect value={colour.cmap} isInverted={colour.inverted} onChange={(cmap) => act.colour({ cmap })} />
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Stretch"
        value={colour.stretch}
        onChange={(stretch) => act.colour({ stretch: stretch as Stretch })}
        data={STRETCHES.map((value) => ({
          value,
          label: <span title={STRETCH_HINTS[value]}>{STRETCH_NAMES[value]}</span>,
        }))}
        classNames={{ control: classes.control!, label: classes.stretch! }}
      />
      <Group justify="space-between" gap={8} wrap="nowrap">
        <Group gap={14} wrap="nowrap">
          <Switch name="absolute" label="Absolute" colour={colour} />
          <Switch name="inverted" label="Invert" colour={colour} />
        </Group>
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={!isChanged}
          title="Back to the layer’s own colours (r)"
          onClick={act.ownColour}
        >
          Reset
        </Button>
      </Group>
    </div>
  );
}

function Presets({ histogram, colour }: { histogram: Counts; colour: Colour }) {
  return (
    <fieldset className={classes.presets} aria-label="Limits">
      {PRESETS.map(({ name, limits }) => {
        const { vmin, vmax } = limits(histogram);
        const near = Math.abs(vmax - vmin) / 1e4;
        const isSet = Math.abs(colour.vmin - vmin) <= near && Math.abs(colour.vmax - vmax) <= near;
        return (
          <Button
            key={name}
            size="compact-xs"
            variant="default"
            className={classes.preset!}
            aria-pressed={isSet}
            onClick={() => act.colour({ vmin, vmax })}
          >
            {name}
          </Button>
        );
      })}
    </fieldset>
  );
}

function LimitFields({ colour, units }: { colour: Colour; units: string | null }) {
  const set = (limits: Partial<Limits>) => act.colour(limits);
  const step = Math.abs(colour.vmax - colour.vmin) / 100 || 1;
  return (
    <div className={classes.limits}>
      <LimitField
        label="Lower limit"
        value={colour.vmin}
        step={step}
        units={units}
        onChange={(vmin) => set({ vmin })}
      />
      <span className={classes.units}>{printedUnit(units) || 'to'}</span>
      <LimitField
        label="Upper limit"
        value={colour.vmax}
        step={step}
        units={units}
        onChange={(vmax) => set({ vmax })}
      />
    </div>
  );
}

function Switch({ name, label, colour }: { name: 'absolute' | 'inverted'; label: string; colour: Colour }) {
  const set = (on: boolean) => act.colour({ [name]: on } as ColourChange);
  return (
    <Checkbox size="xs" label={label} checked={colour[name]} onChange={(event) => set(event.currentTarget.checked)} />
  );
}
