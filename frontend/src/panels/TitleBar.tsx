import { IconLayoutSidebar } from '@tabler/icons-react';
import { useStore } from '../state/store';
import classes from './TitleBar.module.css';
import { useCurrentLayer } from './useLayer';
import { usePath } from './usePath';

/** What is being looked at; a click shows the list of what else there is. */
export function TitleBar() {
  const { layer } = useCurrentLayer();
  const path = usePath(layer).join(' · ');
  const isOpen = useStore((store) => store.panels.layers);
  const toggle = useStore((store) => store.toggle);
  return (
    <button
      type="button"
      className={classes.bar}
      aria-expanded={isOpen}
      aria-label={`${layer?.name ?? 'No layer'}. ${isOpen ? 'Hide' : 'Show'} the list of layers`}
      title={layer?.description ?? undefined}
      onClick={() => toggle('layers')}
    >
      <IconLayoutSidebar size={17} stroke={1.6} aria-hidden />
      <span className={classes.words}>
        <span className={classes.name}>{layer?.name ?? 'tilemaker'}</span>
        {path && <span className={classes.description}>{path}</span>}
      </span>
    </button>
  );
}
