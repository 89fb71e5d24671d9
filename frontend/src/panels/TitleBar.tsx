import { IconLayoutSidebar } from '@tabler/icons-react';
import { useEffect } from 'react';
import type { Layer } from '../api/types';
import { useStore } from '../state/store';
import classes from './TitleBar.module.css';
import { usePath } from './usePath';
import { useFront } from './useSeen';

/** Quantities whose sign or angle depends on the convention of polarisation. */
const TURNING = new Set(['Q', 'U', 'psi']);

/** Which way angles of polarisation are counted, of a layer for which that matters. */
function conventionOf({ quantity, polarisation }: Layer): string | undefined {
  return polarisation && TURNING.has(quantity ?? '') ? `${polarisation} polarisation` : undefined;
}

/** What is being looked at; a click shows the list of what else there is. */
export function TitleBar() {
  const { layer } = useFront();
  const path = usePath(layer);
  const isOpen = useStore((store) => store.panels.layers);
  const toggle = useStore((store) => store.toggle);
  const title = [path.at(-1), layer?.name].filter(Boolean).join(' · ');
  const place = [...path.slice(0, -1), layer && conventionOf(layer)].filter(Boolean).join(' · ');
  useEffect(() => {
    document.title = title ? `${title} – tilemaker` : 'tilemaker';
  }, [title]);
  return (
    <div className={classes.title}>
      <button
        type="button"
        className={classes.bar}
        aria-expanded={isOpen}
        data-opens="layers"
        title={layer?.description ?? undefined}
        onClick={() => toggle('layers')}
      >
        <IconLayoutSidebar aria-hidden />
        <span className={classes.words}>
          <span className={classes.name}>{title || 'tilemaker'}</span>
          {place && <span className={classes.description}>{place}</span>}
        </span>
        <span className="spoken">{isOpen ? 'Hide' : 'Show'} the list of layers</span>
      </button>
      <output className="spoken">{title && `Showing ${title}`}</output>
    </div>
  );
}
