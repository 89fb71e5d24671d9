import { ActionIcon, Checkbox, Tooltip } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import * as ask from '../api/queries';
import type { SourceGroup } from '../api/types';
import { colourOfList } from '../map/Catalogue';
import { useStore, useView } from '../state/store';
import { withSources } from '../state/view';
import classes from './OverlaysPanel.module.css';
import { Trouble } from './Trouble';

/** Catalogues, to be drawn or not. */
export function OverlaysPanel() {
  const groups = useQuery(ask.sourceGroups());
  const { error } = groups;
  const isEmpty = groups.data?.length === 0;
  return (
    <div className={classes.panel}>
      {error && <Trouble error={error} retry={() => void groups.refetch()} />}
      {isEmpty && <p className={classes.nothing}>This server has no catalogues.</p>}
      {groups.data?.map((group, index) => (
        <Catalogue key={group.source_group_id} group={group} index={index} />
      ))}
    </div>
  );
}

function Catalogue({ group, index }: { group: SourceGroup; index: number }) {
  const id = group.source_group_id;
  const isShown = useView(({ sourceGroups }) => sourceGroups.includes(id));
  const { count, drawn, error, refetch } = useCount(id, isShown);
  const change = useStore((store) => store.change);
  return (
    <div>
      <div className={classes.row}>
        <Checkbox
          size="xs"
          className={classes.check!}
          checked={isShown}
          color={colourOfList(index)}
          iconColor="#111"
          label={
            <span className={classes.name}>
              <span className={classes.ring} style={{ borderColor: colourOfList(index) }} />
              <span className={classes.title}>{group.name}</span>
              {isShown && <span className={classes.count}>{count ?? (error ? '' : '…')}</span>}
            </span>
          }
          description={[group.description, drawn].filter(Boolean).join(' ')}
          onChange={(event) => change((view) => withSources(view, id, event.target.checked))}
        />
        <Tooltip label="Table of its sources">
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            aria-label={`Table of ${group.name}`}
            onClick={() => {
              useStore.getState().note({ listed: id });
              useStore.getState().toggle('table', true);
            }}
          >
            <IconTable size="1rem" stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </div>
      {isShown && error && <Trouble error={error} retry={() => void refetch()} />}
    </div>
  );
}

/** How many sources a list has; of a long one also how many of those around here are drawn. */
function useCount(id: string, isShown: boolean) {
  const description = useQuery({ ...ask.sourceDescription(id), enabled: isShown });
  const isLong = ask.isLong(description.data) === true;
  const whole = useQuery({ ...ask.sourcesOf(id), enabled: isShown && !isLong && description.data !== undefined });
  const box = useStore((store) => store.part);
  const part = useQuery({ ...ask.packedSources(id, box), enabled: isShown && isLong && box !== undefined });
  const { error, refetch } = description.error ? description : isLong ? part : whole;
  const count = description.data && number(description.data.number_of_sources);
  const { data } = part;
  if (!isLong || !data || data.found === data.length) return { count, error, refetch };
  const chosen = data.by ? ` that come first by ${data.by}` : '';
  const drawn = `The ${number(data.length)}${chosen} of ${number(data.found)} around here.`;
  return { count, drawn, error, refetch };
}

function number(count: number): string {
  return count.toLocaleString('en');
}
