import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBox, IconCurrentLocation, IconPoint, IconStack2 } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useStore } from '../state/store';
import classes from './GoTo.module.css';
import { type Destination, useDestinations } from './useDestinations';

const ICONS: Record<Destination['kind'], ReactNode> = {
  position: <IconCurrentLocation size={16} />,
  layer: <IconStack2 size={16} />,
  source: <IconPoint size={16} />,
  box: <IconBox size={16} />,
};

/** One box that takes positions in any usual form, and names of layers, sources and boxes. */
export function GoTo() {
  const isOpen = useStore((store) => store.panels.goto);
  const close = () => useStore.getState().toggle('goto', false);
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      withCloseButton={false}
      padding={0}
      radius="md"
      size={520}
      yOffset="14vh"
      overlayProps={{ backgroundOpacity: 0.12 }}
      aria-label="Go to"
    >
      {isOpen && <Box close={close} />}
    </Modal>
  );
}

function Box({ close }: { close(): void }) {
  const [words, setWords] = useState('');
  const [settled] = useDebouncedValue(words.trim(), 120);
  const [active, setActive] = useState(0);
  const found = useDestinations(words.trim(), settled);
  const go = (destination: Destination | undefined) => {
    if (!destination) return;
    destination.go();
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setActive((active + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') go(found[active] ?? found[0]);
  };
  return (
    <>
      <TextInput
        data-autofocus
        variant="unstyled"
        size="md"
        className={classes.input!}
        placeholder="83.63 22.01 · 05:34:32 +22:00:52 · l=184.6 b=−5.8 · a name"
        aria-label="Position or name"
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="destinations"
        aria-activedescendant={`destination-${active}`}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="destinations" role="listbox" aria-label="Destinations" className={classes.list}>
        {found.map((destination, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the box's
          <div
            key={destination.key}
            id={`destination-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            className={classes.option}
            onClick={() => go(destination)}
          >
            <span className={classes.icon}>{ICONS[destination.kind]}</span>
            <span className={classes.name}>{destination.name}</span>
            <span className={classes.detail}>{destination.detail}</span>
          </div>
        ))}
        {words.trim() !== '' && words.trim() === settled && found.length === 0 && (
          <p className={classes.nothing}>Neither a position nor a name that is known here.</p>
        )}
      </div>
    </>
  );
}
