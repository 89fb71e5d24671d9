import { Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBox, IconCurrentLocation, IconPoint, IconSearch, IconStack2, IconWorldSearch } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useStore } from '../state/store';
import classes from './GoTo.module.css';
import { type Destination, useDestinations } from './useDestinations';
import { type Lookup, useLookup } from './useLookup';

const ICONS: Record<Destination['kind'], ReactNode> = {
  position: <IconCurrentLocation size="1rem" />,
  layer: <IconStack2 size="1rem" />,
  source: <IconPoint size="1rem" />,
  box: <IconBox size="1rem" />,
  lookup: <IconWorldSearch size="1rem" />,
};

/** One box that takes positions in any usual form, and names of layers, sources and boxes. */
export function GoTo() {
  const isOpen = useStore((store) => store.panels.goto);
  const close = () => useStore.getState().toggle('goto', false);
  return (
    <Modal.Root
      opened={isOpen}
      onClose={close}
      padding={0}
      size="36rem"
      yOffset="min(14vh, 4rem)"
      transitionProps={{ duration: 0 }}
    >
      {/* The sky keeps its colours behind it. */}
      <Modal.Overlay backgroundOpacity={0} />
      <Modal.Content aria-label="Go to" radius="md" shadow="xl">
        <Modal.Body>{isOpen && <Box close={close} />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Box({ close }: { close(): void }) {
  // What was typed while this part of the page was on its way.
  const [words, setWords] = useState(() => useStore.getState().typedAhead);
  const [settled] = useDebouncedValue(words.trim(), 120);
  const [active, setActive] = useState(0);
  const lookup = useLookup(words.trim(), close);
  const found = [...useDestinations(words.trim(), settled), ...asDestination(lookup, words.trim())];
  const go = (destination: Destination | undefined) => {
    if (!destination) return;
    destination.go();
    if (destination.kind !== 'lookup') close();
  };
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
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
        ref={input}
        data-autofocus
        variant="unstyled"
        size="md"
        className={classes.input!}
        placeholder="A position or a name"
        leftSection={<IconSearch size="1.125rem" stroke={1.6} />}
        aria-label="Position or name"
        role="combobox"
        aria-expanded={found.length > 0}
        {...(found.length ? { 'aria-controls': 'destinations', 'aria-activedescendant': `destination-${active}` } : {})}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {!words.trim() && <Forms />}
      {found.length > 0 && (
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
        </div>
      )}
      {lookup.error && (
        <p className={classes.nothing} role="alert">
          {lookup.error.message}
        </p>
      )}
    </>
  );
}

const FORMS = [
  ['83.63 22.01', 'right ascension and declination, degrees'],
  ['05:34:31.9 +22:00:52', 'or 05h34m31.9s +22d00m52s'],
  ['l=184.56 b=−5.78', 'galactic'],
  ['J0534+2200', 'a designation'],
  ['part of a name', 'of a layer, a source or a box'],
  ['Crab nebula', 'looked up at the CDS, when you choose so'],
] as const;

/** What can be typed, before anything is. */
function Forms() {
  return (
    <dl className={classes.forms}>
      {FORMS.map(([form, meaning]) => (
        <div key={form}>
          <dt>{form}</dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The last resort: to ask somebody else, which happens only when this is chosen. */
function asDestination({ ask, isPending }: Lookup, words: string): Destination[] {
  if (!ask) return [];
  const name = isPending ? `Asking for “${words}”…` : `Look up “${words}”`;
  return [{ kind: 'lookup', key: 'lookup', name, detail: 'Sesame, on the internet', go: ask }];
}
