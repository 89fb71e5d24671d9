import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './LayerPanel.module.css';
import { LayerTree } from './LayerTree';
import { Trouble } from './Trouble';
import { useTree } from './useTree';

/** All layers that may be seen, to choose from, with a filter. */
export function LayerPanel() {
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 150);
  const tree = useTree(words.trim() ? settled : '');
  return (
    <div className={classes.panel}>
      <TextInput
        size="xs"
        placeholder="Filter layers"
        aria-label="Filter layers"
        leftSection={<IconFilter size={14} stroke={1.6} />}
        rightSection={
          words ? <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setWords('')} /> : null
        }
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || !words) return;
          event.stopPropagation();
          setWords('');
        }}
      />
      {tree.error && !tree.rows.length ? (
        <Trouble error={tree.error} retry={tree.retry} />
      ) : (
        <LayerTree tree={tree} words={settled} />
      )}
      {!tree.isLoading && !tree.error && !tree.rows.length && (
        <p className={classes.nothing}>
          {settled ? `No layer matches “${settled}”.` : 'There are no layers here yet.'}
        </p>
      )}
      <p className={classes.hint}>
        <Kbd size="xs">h</Kbd> <Kbd size="xs">l</Kbd> back and forward · hold <Kbd size="xs">Space</Kbd> to blink
      </p>
    </div>
  );
}
