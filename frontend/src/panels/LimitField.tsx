import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { parseQuantity, rounded, sensible } from '../state/numbers';
import classes from './ColourPanel.module.css';

interface Props {
  label: string;
  value: number;
  /** What an arrow key adds. */
  step: number;
  /** The unit of the value: others of the same kind may be typed. */
  units?: string | null;
  onChange(value: number): void;
}

/** A number to type: any way of writing it, with its unit or without, arrow keys to change it, Escape to leave it as it was. */
export function LimitField({ label, value, step, units = null, onChange }: Props) {
  const [typed, setTyped] = useState<string>();
  const settle = () => {
    const number = typed === undefined ? undefined : parseQuantity(typed, units);
    if (number !== undefined && number !== value) onChange(number);
    setTyped(undefined);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const arrow = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (arrow) {
      event.preventDefault();
      setTyped(undefined);
      onChange(rounded(value + arrow * step * (event.shiftKey ? 10 : 1), step / 10));
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
      error={typed !== undefined && parseQuantity(typed, units) === undefined}
      classNames={{ input: classes.limitInput! }}
      value={typed ?? sensible(value, 5)}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={onKeyDown}
    />
  );
}
