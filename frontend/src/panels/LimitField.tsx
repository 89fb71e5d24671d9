import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { parseNumber, sensible } from '../state/numbers';
import classes from './ColourPanel.module.css';

interface Props {
  label: string;
  value: number;
  /** What an arrow key adds. */
  step: number;
  onChange(value: number): void;
}

/** A number to type: any way of writing it, arrow keys to change it, Escape to leave it as it was. */
export function LimitField({ label, value, step, onChange }: Props) {
  const [typed, setTyped] = useState<string>();
  const settle = () => {
    const number = typed === undefined ? undefined : parseNumber(typed);
    if (number !== undefined && number !== value) onChange(number);
    setTyped(undefined);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const arrow = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (arrow) {
      event.preventDefault();
      setTyped(undefined);
      onChange(value + arrow * step * (event.shiftKey ? 10 : 1));
    } else if (event.key === 'Enter') {
      settle();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      setTyped(undefined);
    }
  };
  return (
    <TextInput
      size="xs"
      aria-label={label}
      inputMode="text"
      error={typed !== undefined && parseNumber(typed) === undefined}
      classNames={{ input: classes.limitInput! }}
      value={typed ?? sensible(value, 5)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={onKeyDown}
    />
  );
}
