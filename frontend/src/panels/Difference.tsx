import { CloseButton } from '@mantine/core';
import * as act from '../state/actions';
import { useView } from '../state/store';
import classes from './Notices.module.css';
import { useLayerTitles } from './useLayerTitle';
import { useIsDifference, useSeen } from './useSeen';

/** What is taken away from what, and what is to be known about it. */
export function Difference() {
  const isAsked = useView((view) => view.compare?.mode === 'minus');
  const isPossible = useIsDifference();
  const { layer, minus } = useSeen();
  const [title, otherTitle] = useLayerTitles(layer, minus);
  if (!isAsked || (isPossible && !minus)) return null;
  return (
    <div className={classes.difference} role="status" aria-label="Difference">
      {isPossible ? (
        <span>
          {title} <b>−</b> {otherTitle}
          {minus && layer?.units !== minus.units && (
            <span className={classes.warning}>
              Units differ: {layer?.units || 'none'} and {minus.units || 'none'}
            </span>
          )}
        </span>
      ) : (
        <span>A difference needs numbers, and the server sends pictures.</span>
      )}
      <CloseButton size="xs" aria-label="End the difference" onClick={() => act.compare('minus')} />
    </div>
  );
}
