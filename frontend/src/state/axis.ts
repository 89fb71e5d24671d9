/** Which values a histogram is drawn over: near enough to its limits to take hold of them. Pure. */

import type { Limits } from './colour';

export interface Span {
  from: number;
  to: number;
}

/** The part of the axis that the limits take up, at first and at least. */
const SHARE = 0.5;
const LEAST_SHARE = 0.12;
/** Closer to an end that is not that of the values, there is too little room to move a limit on. */
const EDGE = 0.04;

const width = ({ from, to }: Span): number => to - from;
const spanOf = ({ vmin, vmax }: Limits): Span => ({ from: Math.min(vmin, vmax), to: Math.max(vmin, vmax) });

/** The values that occur, and the limits where they lie outside them. Never empty. */
export function wholeOf(edges: readonly number[] | undefined, limits: Limits): Span {
  const { from, to } = spanOf(limits);
  const whole = { from: Math.min(edges?.[0] ?? from, from), to: Math.max(edges?.at(-1) ?? to, to) };
  return width(whole) > 0 ? whole : { from: from - 1, to: to + 1 };
}

/** The limits with as much again of the values around them. */
export function axisAround(limits: Limits, whole: Span): Span {
  const { from, to } = spanOf(limits);
  const margin = (to - from || LEAST_SHARE * width(whole)) * (0.5 / SHARE - 0.5);
  return { from: Math.max(whole.from, from - margin), to: Math.min(whole.to, to + margin) };
}

/** Whether both limits can be seen on an axis. */
export function shows(axis: Span, limits: Limits): boolean {
  const { from, to } = spanOf(limits);
  return from >= axis.from && to <= axis.to;
}

/** Whether they can also be told apart, and have room to be moved. */
export function suits(axis: Span, limits: Limits, whole: Span): boolean {
  const { from, to } = spanOf(limits);
  const room = EDGE * width(axis);
  const hasRoom =
    (from - axis.from >= room || axis.from <= whole.from) && (axis.to - to >= room || axis.to >= whole.to);
  return shows(axis, limits) && hasRoom && to - from >= LEAST_SHARE * width(axis);
}

/** The axis drawn closer together (above 1) or apart about a place on it, within the values and with both limits on it. */
export function zoomed(axis: Span, { at, times }: { at: number; times: number }, limits: Limits, whole: Span): Span {
  const { from, to } = spanOf(limits);
  const pivot = axis.from + at * width(axis);
  return {
    from: Math.min(from, Math.max(whole.from, pivot - (pivot - axis.from) / times)),
    to: Math.max(to, Math.min(whole.to, pivot + (axis.to - pivot) / times)),
  };
}
