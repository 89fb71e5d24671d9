import { ActionIcon, CloseButton } from '@mantine/core';
import { IconFocusCentered } from '@tabler/icons-react';
import type { Position } from '../sky/coordinates';
import * as act from '../state/actions';
import type { BoxMark } from '../state/marks';
import { useStore } from '../state/store';
import { withMark } from '../state/view';
import { useMap } from './mapHandle';
import classes from './RegionsPanel.module.css';

interface Props {
  /** Of a drawn mark, which can be chosen and removed. */
  id?: string;
  name: string;
  /** A drawn box, whose name can be changed. */
  mark?: BoxMark;
  centre?: Position;
  widthDeg?: number;
  go?(): void;
}

/** The first line of a region: its name, and buttons to look at it and to remove it. */
export function RegionHead({ id, name, mark, centre, widthDeg, go }: Props) {
  const map = useMap();
  const isChosen = useStore(({ chosenMark }) => id !== undefined && chosenMark === id);
  const look = () => (centre ? map.current?.gaze.flyTo(centre, widthDeg) : go?.());
  const rename = (words: string) =>
    mark && useStore.getState().change((view) => withMark(view, { ...mark, name: words }));
  return (
    <div className={classes.head} data-chosen={isChosen}>
      {mark ? (
        <input
          className={classes.name}
          aria-label="Name of the box"
          value={name}
          onChange={(event) => rename(event.currentTarget.value)}
        />
      ) : (
        <span className={classes.name}>{name}</span>
      )}
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        aria-label={`Look at ${name}`}
        onClick={() => {
          if (id) useStore.getState().note({ chosenMark: id });
          look();
        }}
      >
        <IconFocusCentered size={15} />
      </ActionIcon>
      {id && <CloseButton size="sm" iconSize="1rem" aria-label={`Remove ${name}`} onClick={() => act.removeMark(id)} />}
    </div>
  );
}
