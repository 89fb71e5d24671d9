import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { RegionGroup } from '../api/types';
import { useStore, useView } from '../state/store';
import { withRegions } from '../state/view';
import classes from './RegionsPanel.module.css';
import { Trouble } from './Trouble';

/** The lists of regions of the configuration, to be drawn or not. */
export function RegionGroups() {
  const groups = useQuery(ask.regionGroups()).data;
  if (!groups?.length) return null;
  return (
    <section className={classes.predefined} aria-label="Regions of this server">
      {groups.map((group) => (
        <Switch key={group.region_group_id} group={group} />
      ))}
    </section>
  );
}

function Switch({ group }: { group: RegionGroup }) {
  const id = group.region_group_id;
  const isShown = useView(({ hiddenRegions }) => !hiddenRegions.includes(id));
  const { data, error, refetch } = useQuery({ ...ask.regionsOf(id), enabled: isShown });
  const change = useStore((store) => store.change);
  const count = data ? data.regions.length.toLocaleString('en') : error ? '' : '…';
  return (
    <div>
      <Checkbox
        size="xs"
        checked={isShown}
        label={
          <>
            <b>{group.name}</b> {isShown && <span className={classes.unit}>{count}</span>}
          </>
        }
        description={group.description}
        onChange={(event) => change((view) => withRegions(view, id, event.target.checked))}
      />
      {isShown && error && <Trouble error={error} retry={() => void refetch()} />}
    </div>
  );
}
