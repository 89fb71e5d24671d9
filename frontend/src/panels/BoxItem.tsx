import { Button, Group } from '@mantine/core';
import { submapAddress } from '../api/client';
import { namedBetween, positiveDeg } from '../sky/coordinates';
import type { SkyBox } from '../sky/grid';
import { pictureOf } from '../state/colour';
import type { BoxMark } from '../state/marks';
import { sensible } from '../state/numbers';
import { useView } from '../state/store';
import { useMap } from './mapHandle';
import { RegionHead } from './RegionHead';
import classes from './RegionsPanel.module.css';
import { type LayerState, useCurrentLayer, usePreviousLayer } from './useLayer';
import { useLayerTitles } from './useLayerTitle';

interface Props {
  name: string;
  box: SkyBox;
  title?: string | null;
  /** The drawn box, when it was drawn and not configured: it can be renamed and removed. */
  mark?: BoxMark;
}

const FORMATS = ['fits', 'png', 'jpg', 'webp'] as const;

/** A box, its size, and what is in it to download: the numbers, or the picture as it is seen. */
export function BoxItem({ name, box, title, mark }: Props) {
  const map = useMap();
  const current = useCurrentLayer();
  const isComparing = useView((view) => view.compare !== undefined);
  const other = usePreviousLayer(isComparing);
  const [here, there] = useLayerTitles(current.layer, other.layer);
  const go = () => map.current?.gaze.fit(box);
  return (
    <article className={classes.item} aria-label={`Box ${name}`} title={title ?? undefined}>
      <RegionHead {...(mark ? { id: mark.id, mark } : {})} name={name} go={go} />
      <p className={classes.place}>{sizeOf(box)}</p>
      {other.layer && <h3 className={classes.of}>{here}</h3>}
      <Downloads of={current} box={box} name={name} />
      {other.layer && (
        <>
          <h3 className={classes.of}>{there}</h3>
          <Downloads of={other} box={box} name={name} />
        </>
      )}
    </article>
  );
}

/** A box of one layer, to download. */
function Downloads({ of: { layer, colour }, box, name }: { of: LayerState; box: SkyBox; name: string }) {
  const orientation = useView((view) => view.orientation);
  if (!layer?.available || !colour) return null;
  const style = pictureOf(colour, orientation === 'ra-left');
  return (
    <Group gap={4}>
      {FORMATS.map((fileFormat) => (
        <Button
          key={fileFormat}
          component="a"
          size="compact-xs"
          variant="default"
          download={`${layer.layer_id}-${name}.${fileFormat}`}
          href={submapAddress(layer.layer_id, partOf(box), fileFormat, style)}
        >
          {fileFormat.toUpperCase()}
        </Button>
      ))}
    </Group>
  );
}

function sizeOf({ westDeg, eastDeg, southDeg, northDeg }: SkyBox): string {
  const [west, east] = [sensible(positiveDeg(westDeg), 6), sensible(positiveDeg(eastDeg), 6)];
  const size = `${sensible(eastDeg - westDeg, 4)}° × ${sensible(northDeg - southDeg, 4)}°`;
  return `${size} · RA ${west} to ${east}, Dec ${sensible(southDeg, 5)} to ${sensible(northDeg, 5)}`;
}

function partOf({ westDeg, eastDeg, southDeg, northDeg }: SkyBox) {
  const [left, right] = namedBetween(westDeg, eastDeg);
  return { left, right, top: northDeg, bottom: southDeg };
}
