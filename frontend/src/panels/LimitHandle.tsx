import type { KeyboardEvent } from 'react';
import classes from './ColourPanel.module.css';

interface Props {
  label: string;
  value: number;
  min: number;
  max: number;
  /** What an arrow key adds. */
  step: number;
  /** Where it stands, a fraction of the width. */
  at: number;
  written(value: number): string;
  onChange(by: number): void;
}

/** One limit, moved with the arrow keys; pointers are the chart's. */
export function LimitHandle({ label, value, min, max, step, at, written, onChange }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (!steps) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(steps * step * (event.shiftKey ? 10 : 1));
  };
  return (
    <div
      className={classes.thumb}
      style={{ left: `${100 * Math.min(1, Math.max(0, at))}%` }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={value}
      aria-valuetext={written(value)}
      onKeyDown={onKeyDown}
    />
  );
}
