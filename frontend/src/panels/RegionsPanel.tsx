import { Button, Checkbox, Group } from '@mantine/core';
import { IconCircleDashed, IconMarquee2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { HighlightBox } from '../api/types';
import * as act from '../state/actions';
import { type Mark, titleOf } from '../state/marks';
import { regionFile } from '../state/regionFile';
import { useStore, useView } from '../state/store';
import { ApertureItem } from './ApertureItem';
import { BoxItem } from './BoxItem';
import { download } from './download';
import { RegionGroups } from './RegionGroups';
import classes from './RegionsPanel.module.css';
import { skyBoxOf } from './useDestinations';

/** Circles to measure in and boxes to cut out: drawn ones, and those of the configuration. */
export function RegionsPanel() {
  const marks = useView((view) => view.marks);
  const tool = useStore((store) => store.tool);
  const boxes = useQuery(ask.boxes()).data;
  return (
    <div className={classes.panel}>
      <Group gap={6} grow>
        <ToolButton
          isOn={tool === 'aperture'}
          icon={<IconCircleDashed size={15} />}
          label="Aperture"
          act={() => act.toggleTool('aperture')}
        />
        <ToolButton
          isOn={tool === 'box'}
          icon={<IconMarquee2 size={15} />}
          label="Box"
          act={() => act.toggleTool('box')}
        />
      </Group>
      {tool && (
        <p className={classes.hint}>
          {tool === 'aperture' ? 'Drag from the centre outwards.' : 'Drag from corner to corner.'} Escape, or its
          button, to leave it.
        </p>
      )}
      {!tool && marks.length === 0 && (
        <p className={classes.hint}>
          Measure within a circle, or cut out a box to download. Edges and centres can be dragged.
        </p>
      )}
      {marks.map((mark) =>
        mark.kind === 'aperture' ? (
          <ApertureItem key={mark.id} mark={mark} title={`Aperture ${titleOf(mark, marks)}`} />
        ) : (
          <BoxItem key={mark.id} mark={mark} name={mark.name} box={mark} />
        ),
      )}
      {marks.length > 0 && (
        <Button size="compact-xs" variant="default" onClick={() => saveRegions(marks)}>
          Save as DS9 regions
        </Button>
      )}
      <RegionGroups />
      {boxes && boxes.length > 0 && <Predefined boxes={boxes} />}
    </div>
  );
}

function saveRegions(marks: readonly Mark[]): void {
  download(new Blob([regionFile(marks)], { type: 'text/plain' }), 'regions.reg');
}

function ToolButton({
  isOn,
  icon,
  label,
  act: take,
}: {
  isOn: boolean;
  icon: React.ReactNode;
  label: string;
  act(): void;
}) {
  return (
    <Button size="xs" variant={isOn ? 'filled' : 'default'} leftSection={icon} aria-pressed={isOn} onClick={take}>
      {label}
    </Button>
  );
}

function Predefined({ boxes }: { boxes: readonly HighlightBox[] }) {
  const isShown = useView((view) => view.boxes);
  return (
    <section className={classes.predefined} aria-label="Boxes of this server">
      <Checkbox size="xs" checked={isShown} label={<b>Show the boxes of this server</b>} onChange={act.toggleBoxes} />
      {boxes.map((box) => (
        <BoxItem
          key={`${box.name} ${box.top_left_ra} ${box.top_left_dec}`}
          name={box.name}
          title={box.description}
          box={skyBoxOf(box)}
        />
      ))}
    </section>
  );
}
