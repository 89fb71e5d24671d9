import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBox, IconCurrentLocation, IconPoint, IconStack2, IconWorldSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useStore } from '../state/store';
import classes from './GoTo.module.css';
import { type Destination, useDestinations } from './useDestinations';
import { type Lookup, useLookup } from './useLookup';

const ICONS: Record<Destination['kind'], ReactNode> = {
  position: <IconCurrentLocation size={16} />,
  layer: <IconStack2 size={16} />,
  source: <IconPoint size={16} />,
  box: <IconBox size={16} />,
  lookup: <IconWorldSearch size={16} />,
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
  const lookup = useLookup(words.trim(), close);
  const found = [...useDestinations(words.trim(), settled), ...asDestination(lookup, words.trim())];
  const go = (destination: Destination | undefined) => {
    if (!destination) return;
    destination.go();
    if (destination.kind !== 'lookup') close();
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
        {lookup.error && (
          <p className={classes.nothing} role="alert">
            {lookup.error.message}
          </p>
        )}
      </div>
    </>
  );
}

/** The last resort: to ask somebody else, which happens only when this is chosen. */
function asDestination({ ask, isPending }: Lookup, words: string): Destination[] {
  if (!ask) return [];
  const name = isPending ? `Asking for “${words}”…` : `Look up “${words}”`;
  return [{ kind: 'lookup', key: 'lookup', name, detail: 'Sesame, on the internet', go: ask }];
}
