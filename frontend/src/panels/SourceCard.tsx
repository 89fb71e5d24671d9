import { Anchor, CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import * as ask from '../api/queries';
import type { Source } from '../api/types';
import { format, positiveDeg } from '../sky/coordinates';
import { sensible } from '../state/numbers';
import { type Picked, useStore, useView } from '../state/store';
import classes from './SourceCard.module.css';

/** Everything a catalogue says about the source that was clicked. */
export function SourceCard() {
  const picked = useStore((store) => store.picked);
  useWholeSource(picked);
  const groups = useQuery(ask.sourceGroups()).data;
  const hasTable = useStore((store) => store.panels.table);
  const notation = useView((view) => view.notation);
  if (!picked) return null;
  const { source, groupId } = picked;
  const at = { raDeg: source.ra, decDeg: source.dec };
  const close = () => useStore.getState().note({ picked: undefined });
  const rows = Object.entries(source.extra ?? {});
  return (
    <section className={classes.card} aria-label="Source" data-place={hasTable ? 'top' : 'bottom'}>
      <div className={classes.head}>
        <div>
          <h2 className={classes.name}>{source.name || (groupId ? 'Unnamed source' : 'Position')}</h2>
          <p className={classes.group}>{groups?.find((group) => group.source_group_id === groupId)?.name}</p>
        </div>
        <CloseButton size="sm" iconSize="1rem" aria-label="Close" onClick={close} />
      </div>
      <p className={classes.position}>{format(at, notation, 1e-4)}</p>
      {rows.length > 0 && (
        <dl className={classes.extra}>
          {rows.map(([name, value]) => (
            <div key={name} className={classes.row}>
              <dt>{name}</dt>
              <dd>{typeof value === 'number' ? sensible(value, 6) : String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={classes.links}>
        {linksFor(positiveDeg(source.ra), source.dec).map(([name, href]) => (
          <Anchor key={name} href={href} target="_blank" rel="noreferrer" fz="xs">
            {name}
          </Anchor>
        ))}
      </p>
    </section>
  );
}

/** Where else that position can be looked up; followed only when clicked. */
function linksFor(raDeg: number, decDeg: number): [string, string][] {
  const [ra, dec] = [raDeg.toFixed(6), decDeg.toFixed(6)];
  return [
    ['SIMBAD', `https://simbad.cds.unistra.fr/simbad/sim-coo?Coord=${ra}d+${dec}d&Radius=2&Radius.unit=arcmin`],
    [
      'NED',
      `https://ned.ipac.caltech.edu/conesearch?search_type=Near%20Position%20Search&coordinates=${ra}d%20${dec}d&radius=2`,
    ],
    ['Legacy Survey', `https://www.legacysurvey.org/viewer?ra=${ra}&dec=${dec}&zoom=13&mark=${ra},${dec}`],
  ];
}

/** How far a link may be from the source that it names, degrees: it has six decimals. */
const NEAR_DEG = 1e-6;

/** What a link says of a source is not all: the rest comes with its list. */
function useWholeSource(picked: Picked | undefined): void {
  const { data } = useQuery({ ...ask.sourcesOf(picked?.groupId ?? ''), enabled: Boolean(picked?.groupId) });
  useEffect(() => {
    if (!picked || !data || data.sources.includes(picked.source)) return;
    const { ra, dec, name } = picked.source;
    const isIt = (source: Source) =>
      Math.abs(source.ra - ra) < NEAR_DEG && Math.abs(source.dec - dec) < NEAR_DEG && (source.name || null) === name;
    const source = data.sources.find(isIt);
    if (source) useStore.getState().note({ picked: { ...picked, source } });
  }, [picked, data]);
}
