import { useEffect, useRef, useState } from 'react';
import type { Insets } from '../map/Graticule';
import type { SkyMap } from '../map/SkyMap';
import { useMap } from './mapHandle';
import classes from './SkyView.module.css';
import { usePreviousLayer } from './useLayer';

/** The layer before on the same sky, in a pane of its own that moves with the first. */
export function BesideView({ insets }: { insets: Insets }) {
  const target = useRef<HTMLDivElement>(null);
  const map = useOpened(target);
  const { shown } = usePreviousLayer(true);
  useEffect(() => map?.showBeside(shown), [map, shown]);
  useEffect(() => map?.setInsetsBeside(insets), [map, insets]);
  return (
    <div ref={target} className={classes.beside} role="application" aria-label="The layer before, on the same sky." />
  );
}

/** The map, once it has its second pane. */
function useOpened(target: React.RefObject<HTMLDivElement | null>): SkyMap | undefined {
  const handle = useMap();
  const [map, setMap] = useState<SkyMap>();
  useEffect(() => {
    const found = handle.current;
    found?.openBeside(target.current!);
    setMap(found);
    return () => found?.openBeside(undefined);
  }, [handle, target]);
  return map;
}
