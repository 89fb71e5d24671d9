import { ActionIcon, CloseButton, Kbd, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowLeft, IconArrowRight, IconFilter } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import classes from './LayerPanel.module.css';
import { LayerTree } from './LayerTree';
import { back, forward, useCanGoBack, useCanGoForward } from './steps';
import { Trouble } from './Trouble';
import { wordsOf } from './tree';
import { useTree } from './useTree';

/** All layers that may be seen, to choose from, with a filter. */
export function LayerPanel() {
  const [typed, setTyped] = useState('');
  const [settled] = useDebouncedValue(typed, 120);
  const words = wordsOf(typed.trim() ? settled : '');
  const tree = useTree(words);
  const panel = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      panel.current?.querySelector<HTMLElement>('[role=tree]')?.focus();
    } else if (event.key === 'Escape' && typed) {
      event.stopPropagation();
      setTyped('');
    }
  };
  return (
    <div ref={panel} className={classes.panel}>
      <TextInput
        size="xs"
        placeholder="Filter layers"
        aria-label="Filter layers"
        leftSection={<IconFilter size="0.875rem" stroke={1.6} />}
        rightSection={
          typed ? <CloseButton size="xs" aria-label="Clear the filter" onClick={() => setTyped('')} /> : null
        }
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {(tree.rows.length > 0 || !tree.error) && <LayerTree tree={tree} words={words} />}
      {tree.error && <Trouble error={tree.error} retry={tree.retry} />}
      {!tree.isLoading && !tree.error && !tree.rows.length && (
        <p className={classes.nothing}>
          {words.length ? `No layer matches “${words.join(' ')}”.` : 'There are no layers here yet.'}
        </p>
      )}
      <Steps />
    </div>
  );
}

/** Through the layers that were looked at. */
function Steps() {
  const canGoBack = useCanGoBack();
  const canGoForward = useCanGoForward();
  return (
    <div className={classes.steps}>
      <Step label="Back to the layer before" shortcut="h" isOpen={canGoBack} go={back} Arrow={IconArrowLeft} />
      <Step label="Forward again" shortcut="l" isOpen={canGoForward} go={forward} Arrow={IconArrowRight} />
      <span className={classes.hint}>
        hold <Kbd size="xs">Space</Kbd> to blink
      </span>
    </div>
  );
}

interface StepProps {
  label: string;
  shortcut: string;
  /** Whether there is anything that way. */
  isOpen: boolean;
  go: () => void;
  Arrow: typeof IconArrowLeft;
}

function Step({ label, shortcut, isOpen, go, Arrow }: StepProps) {
  return (
    <Tooltip label={`${label}  (${shortcut})`}>
      <ActionIcon size={24} variant="subtle" color="gray" aria-label={label} disabled={!isOpen} onClick={go}>
        <Arrow size="1rem" stroke={1.6} />
      </ActionIcon>
    </Tooltip>
  );
}
