import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { HighlightBox, SourceGroup } from '../api/types';
import { colourOfList } from '../map/Sources';
import * as act from '../state/actions';
import { useStore, useView } from '../state/store';
import { withSources } from '../state/view';
import { useMap } from './mapHandle';
import classes from './OverlaysPanel.module.css';
import { Trouble } from './Trouble';
import { skyBoxOf } from './useDestinations';

/** Catalogues and boxes, to be drawn or not. */
export function OverlaysPanel() {
  const groups = useQuery(ask.sourceGroups());
  const boxes = useQuery(ask.boxes());
  const error = groups.error ?? boxes.error;
  const isEmpty = groups.data?.length === 0 && boxes.data?.length === 0;
  return (
    <div className={classes.panel}>
      {error && <Trouble error={error} retry={() => void Promise.all([groups.refetch(), boxes.refetch()])} />}
      {isEmpty && <p className={classes.nothing}>This server has no catalogues and no boxes.</p>}
      {groups.data?.map((group, index) => (
        <Catalogue key={group.source_group_id} group={group} index={index} />
      ))}
      {boxes.data && boxes.data.length > 0 && <BoxList boxes={boxes.data} />}
    </div>
  );
}

function Catalogue({ group, index }: { group: SourceGroup; index: number }) {
  const id = group.source_group_id;
  const isShown = useView(({ sourceGroups }) => sourceGroups.includes(id));
  const { data, error, refetch } = useQuery({ ...ask.sourcesOf(id), enabled: isShown });
  const change = useStore((store) => store.change);
  return (
    <div>
      <Checkbox
        size="xs"
        checked={isShown}
        color={colourOfList(index)}
        iconColor="#111"
        label={
          <span className={classes.name}>
            <span className={classes.ring} style={{ borderColor: colourOfList(index) }} />
            {group.name}
            {isShown && data && <span className={classes.count}>{data.sources.length.toLocaleString('en')}</span>}
          </span>
        }
        description={group.description}
        onChange={(event) => change((view) => withSources(view, id, event.target.checked))}
      />
      {isShown && error && <Trouble error={error} retry={() => void refetch()} />}
    </div>
  );
}

function BoxList({ boxes }: { boxes: readonly HighlightBox[] }) {
  const isShown = useView((view) => view.boxes);
  return (
    <div className={classes.boxes}>
      <Checkbox
        size="xs"
        checked={isShown}
        label={<span className={classes.name}>Boxes</span>}
        onChange={act.toggleBoxes}
      />
      <ul className={classes.list}>
        {boxes.map((box) => (
          <BoxButton key={`${box.name} ${box.top_left_ra} ${box.top_left_dec}`} box={box} />
        ))}
      </ul>
    </div>
  );
}

function BoxButton({ box }: { box: HighlightBox }) {
  const map = useMap();
  const go = () => map.current?.fit(skyBoxOf(box));
  return (
    <li>
      <button type="button" className={classes.box} onClick={go} title={box.description ?? undefined}>
        {box.name}
      </button>
    </li>
  );
}
