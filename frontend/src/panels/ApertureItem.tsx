import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { Aperture, Layer } from '../api/types';
import { format } from '../sky/coordinates';
import type { ApertureMark } from '../state/marks';
import { printedUnit, sensible } from '../state/numbers';
import { useStore, useView } from '../state/store';
import { withMark } from '../state/view';
import { LimitField } from './LimitField';
import { RegionHead } from './RegionHead';
import classes from './RegionsPanel.module.css';
import { Trouble } from './Trouble';
import { useCurrentLayer, usePreviousLayer } from './useLayer';
import { useLayerTitles } from './useLayerTitle';

/** How long an aperture must be left alone before it is measured, milliseconds. */
const SETTLE_MS = 200;

/** One aperture and what the current layer holds within it; that of both where two are compared. */
export function ApertureItem({ mark, title }: { mark: ApertureMark; title: string }) {
  const { layer } = useCurrentLayer();
  const isComparing = useView((view) => view.compare !== undefined);
  const other = usePreviousLayer(isComparing).layer;
  const [name, otherName] = useLayerTitles(layer, other);
  const notation = useView((view) => view.notation);
  const [settled] = useDebouncedValue(mark, SETTLE_MS);
  const setRadius = (radiusArcmin: number) =>
    radiusArcmin > 0 && useStore.getState().change((view) => withMark(view, { ...mark, radiusArcmin }));
  return (
    <article className={classes.item} aria-label={title}>
      <RegionHead id={mark.id} name={title} centre={mark} widthDeg={mark.radiusArcmin / 10} />
      <p className={classes.place}>{format(mark, notation, mark.radiusArcmin / 6000)}</p>
      <div className={classes.radius}>
        Radius{' '}
        <LimitField
          label="Radius in arcminutes"
          value={mark.radiusArcmin}
          step={mark.radiusArcmin / 20}
          onChange={setRadius}
        />{' '}
        arcmin
      </div>
      <Measured layer={layer} within={settled} {...(other ? { name } : {})} />
      {other && <Measured layer={other} within={settled} name={otherName} />}
    </article>
  );
}

interface MeasuredProps {
  layer: Layer | undefined;
  within: ApertureMark;
  /** Which layer's it is, where there are two. */
  name?: string;
}

function Measured({ layer, within, name }: MeasuredProps) {
  const measured = useQuery({
    ...ask.aperture(layer?.layer_id ?? '', layer?.version ?? '', layer?.is_final ?? false, within),
    enabled: Boolean(layer?.available),
  });
  return (
    <>
      {name && <h3 className={classes.of}>{name}</h3>}
      {measured.error && <Trouble error={measured.error} retry={() => void measured.refetch()} />}
      {measured.data && <Statistics of={measured.data} isStale={measured.isPlaceholderData} />}
    </>
  );
}

function Statistics({ of, isStale }: { of: Aperture; isStale: boolean }) {
  const unit = printedUnit(of.units);
  const rows: [string, number | null][] = [
    ['Mean', of.mean],
    ['Median', of.median],
    ['Std', of.std],
    ['Min', of.min],
    ['Max', of.max],
  ];
  return (
    <dl className={classes.statistics} data-stale={isStale}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value === null ? 'no data' : sensible(value, 5)}{' '}
            <span className={classes.unit}>{value === null ? '' : unit}</span>
          </dd>
        </div>
      ))}
      <div>
        <dt>Pixels</dt>
        <dd>
          {of.n_valid.toLocaleString('en')}
          {of.n_valid < of.n_pixels && <span className={classes.unit}> of {of.n_pixels.toLocaleString('en')}</span>}
        </dd>
      </div>
    </dl>
  );
}
