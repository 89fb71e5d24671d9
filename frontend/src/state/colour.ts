/** How numbers become colours. Pure; the shader in src/map/shader.ts does the same on the graphics card. */

import type { Counts } from '../api/count';
import type { Layer } from '../api/types';

export const STRETCHES = ['linear', 'log', 'symlog', 'asinh', 'sqrt', 'square', 'histeq'] as const;
export type Stretch = (typeof STRETCHES)[number];

export interface Colour {
  cmap: string;
  vmin: number;
  vmax: number;
  stretch: Stretch;
  /** Show absolute values. */
  absolute: boolean;
  /** Turn the colour map round. */
  inverted: boolean;
  /** What the ranks of `histeq` are taken from. */
  population?: Counts;
}

/** What a user changed; the rest is the layer's own. */
export type ColourChange = Partial<Omit<Colour, 'population'>>;

/** The colour settings of a layer, or undefined while its limits are not known yet. */
export function resolveColour(
  layer: Layer,
  histogram: Counts | undefined,
  change: ColourChange = {},
): Colour | undefined {
  const own = ownLimits(layer, histogram);
  if (!own) return undefined;
  const { vmin, vmax } = change.absolute ? ofAbsolutes(own) : own;
  const colour = { cmap: layer.cmap, ...PLAIN, vmin, vmax, ...change };
  return ranked(colour, histogram);
}

const PLAIN = { stretch: 'linear', absolute: false, inverted: false } as const;

/** Give a colour setting what its ranks are taken from, where it needs any. */
function ranked(colour: Colour, population: Counts | undefined): Colour {
  return colour.stretch === 'histeq' && population ? { ...colour, population } : colour;
}

function ownLimits(layer: Layer, histogram: Counts | undefined): Limits | undefined {
  const [vmin, vmax] = [limitOf(layer.vmin, histogram?.vmin), limitOf(layer.vmax, histogram?.vmax)];
  return vmin === undefined || vmax === undefined ? undefined : { vmin, vmax };
}

/** What the colours of a difference begin from. */
export interface Differing {
  /** The colours of the two layers. */
  of: readonly [Colour, Colour];
  /** How far its own pixels reach from zero; undefined until they have been counted. */
  reach: number | undefined;
  counts: Counts | undefined;
}

/** The colours of a difference: about zero, as far as its pixels reach; as wide as the wider of the two until that is known. */
export function differenceColour({ of, reach, counts }: Differing, change: ColourChange = {}): Colour {
  const half = reach ?? Math.max(...of.map(halfWidth));
  const own = { vmin: -half, vmax: half };
  const { vmin, vmax } = change.absolute ? ofAbsolutes(own) : own;
  return ranked({ cmap: 'RdBu_r', ...PLAIN, vmin, vmax, ...change }, counts);
}

/** How far from zero the values reach, those far out left aside. */
export function reachOf({ vmin, vmax }: Limits): number {
  return Number(Math.max(Math.abs(vmin), Math.abs(vmax)).toPrecision(4)) || 1;
}

function halfWidth({ vmin, vmax }: Limits): number {
  return Math.abs(vmax - vmin) / 2 || 1;
}

function ofAbsolutes({ vmin, vmax }: Limits): Limits {
  return { vmin: 0, vmax: Math.max(Math.abs(vmin), Math.abs(vmax)) };
}

function limitOf(configured: number | 'auto', measured: number | undefined): number | undefined {
  return configured === 'auto' ? measured : configured;
}

/** A stretch as the shader sees it: curve the value about a pivot, place it between the curved limits, raise to a power. */
export interface Warp {
  curve: Curve;
  /** The number between the limits that is nearest to zero: symlog and asinh are odd about it. */
  pivot: number;
  /** Where symlog and asinh turn from linear to logarithmic, counted from the pivot, layer units. */
  knee: number;
  /** The curved limits, in increasing order. */
  low: number;
  high: number;
  power: number;
  /** The limits were given in decreasing order: the colour map runs the other way. */
  turned: boolean;
  /** Histogram equalisation: the places on the colour bar of values evenly spaced between the limits. */
  ranks: Float32Array | undefined;
}

/** The numbers by which the shader knows the curves. */
export const CURVES = { straight: 0, logarithm: 1, signedLogarithm: 2, arcsinh: 3 } as const;
type Curve = keyof typeof CURVES;

/** Where a logarithm begins whose lower limit has none: this many times below the upper one. */
const LOG_RANGE = 1000;
/** The least positive number that has a logarithm in single precision. */
const SMALLEST = 1e-30;

const POWERS: Partial<Record<Stretch, number>> = { sqrt: 0.5, square: 2 };

/** What of a colour setting says where values are placed. */
type Graded = Pick<Colour, 'vmin' | 'vmax' | 'stretch'> & Pick<Partial<Colour>, 'population' | 'absolute'>;

/** The stretch between two limits. The same formulas as in tilemaker/render/stretch.py and style.py. */
export function warpOf(colour: Graded): Warp {
  const { vmin, vmax, stretch } = colour;
  const [low, high] = apart(Math.min(vmin, vmax), Math.max(vmin, vmax));
  const turned = vmin > vmax;
  if (stretch === 'log' && high >= SMALLEST)
    return curved('logarithm', low >= SMALLEST ? low : high / LOG_RANGE, high, turned);
  if (stretch === 'log' || stretch === 'symlog') return curved('signedLogarithm', low, high, turned, 0.01);
  if (stretch === 'asinh') return curved('arcsinh', low, high, turned, 0.1);
  if (stretch === 'histeq') return { ...curved('straight', low, high, turned), ranks: ranksOf(colour, low, high) };
  return { ...curved('straight', low, high, turned), power: POWERS[stretch] ?? 1 };
}

/** Move limits apart that single precision cannot tell from each other. */
function apart(low: number, high: number): [number, number] {
  const middle = (low + high) / 2;
  const least = Math.max(1e-6 * Math.abs(middle), SMALLEST);
  return (high - low) / 2 >= least ? [low, high] : [middle - least, middle + least];
}

function curved(curve: Curve, vmin: number, vmax: number, turned: boolean, softening = 1): Warp {
  const pivot = curve === 'straight' || curve === 'logarithm' ? 0 : Math.min(Math.max(0, vmin), vmax);
  const knee = softening * Math.max(pivot - vmin, vmax - pivot);
  const warp = { curve, pivot, knee, power: 1, turned, ranks: undefined };
  return { ...warp, low: bent(vmin, warp), high: bent(vmax, warp) };
}

function bent(value: number, { curve, pivot, knee }: Pick<Warp, 'curve' | 'pivot' | 'knee'>): number {
  if (curve === 'straight') return value;
  if (curve === 'logarithm') return Math.log(Math.max(value, Number.MIN_VALUE));
  const distance = (value - pivot) / knee;
  return curve === 'arcsinh' ? Math.asinh(distance) : Math.sign(distance) * Math.log1p(Math.abs(distance));
}

function unbent(place: number, { curve, pivot, knee }: Pick<Warp, 'curve' | 'pivot' | 'knee'>): number {
  if (curve === 'straight') return place;
  if (curve === 'logarithm') return Math.exp(place);
  return pivot + knee * (curve === 'arcsinh' ? Math.sinh(place) : Math.sign(place) * Math.expm1(Math.abs(place)));
}

/** Ranks of a histogram equalisation: eight for each colour, so that none is missed. */
const RANKS = 2048;
const rankCache = new WeakMap<Graded, Float32Array | undefined>();

/**
 * The part of the pixels between the limits that lie below a value, for values evenly spaced between them. Undefined where there
 * are none: linear then.
 */
function ranksOf(colour: Graded, low: number, high: number): Float32Array | undefined {
  if (!rankCache.has(colour)) rankCache.set(colour, newRanks(colour, low, high));
  return rankCache.get(colour);
}

function newRanks({ population, absolute }: Graded, low: number, high: number): Float32Array | undefined {
  if (!population) return undefined;
  const below = belowIn(population);
  const rank = absolute ? (value: number) => below(value) - below(-value) : below;
  const [from, all] = [rank(low), rank(high) - rank(low)];
  if (!(all > 0)) return undefined;
  return Float32Array.from({ length: RANKS }, (_, i) => (rank(low + ((i + 0.5) / RANKS) * (high - low)) - from) / all);
}

/** How many pixels lie below a value, of evenly wide bins, interpolated within them. */
function belowIn({ edges, histogram }: Counts): (value: number) => number {
  const sums = [0];
  for (const number of histogram) sums.push(sums.at(-1)! + number);
  const [first, last] = [edges[0]!, edges.at(-1)!];
  return (value) => {
    const place = Math.min(histogram.length, Math.max(0, ((value - first) / (last - first)) * histogram.length));
    const bin = Math.min(histogram.length - 1, Math.floor(place));
    return sums[bin]! + (place - bin) * histogram[bin]!;
  };
}

function valueOfRank(fraction: number, ranks: Float32Array, { low, high }: Warp): number {
  if (fraction <= 0 || fraction >= 1) return fraction <= 0 ? low : high;
  const first = ranks.findIndex((rank) => rank >= fraction);
  return low + ((first < 0 ? RANKS : first + 0.5) / RANKS) * (high - low);
}

/** Where a value falls on the colour bar: 0 at the lower limit, 1 at the upper one. */
export function fractionOf(value: number, warp: Warp): number {
  const fraction = (bent(value, warp) - warp.low) / (warp.high - warp.low);
  if (warp.ranks) return warp.ranks[Math.min(RANKS - 1, Math.max(0, Math.floor(fraction * RANKS)))]!;
  return warp.power === 1 ? fraction : Math.min(1, Math.max(0, fraction)) ** warp.power;
}

/** The value at a place on the colour bar: the inverse of `fractionOf` between 0 and 1. */
export function valueAt(fraction: number, warp: Warp): number {
  if (warp.ranks) return valueOfRank(fraction, warp.ranks, warp);
  return unbent(warp.low + fraction ** (1 / warp.power) * (warp.high - warp.low), warp);
}

export interface Limits {
  vmin: number;
  vmax: number;
}

/** Ways to choose limits that read themselves off the histogram. */
export interface Preset {
  name: string;
  limits(histogram: Counts): Limits;
}

export const PRESETS: readonly Preset[] = [
  { name: 'Recommended', limits: ({ vmin, vmax }) => ({ vmin, vmax }) },
  { name: '1–99 %', limits: (histogram) => tails(histogram, 0.01) },
  { name: '5–95 %', limits: (histogram) => tails(histogram, 0.05) },
  { name: 'Whole range', limits: (histogram) => tails(histogram, 0) },
  { name: 'Symmetric', limits: (histogram) => symmetric(tails(histogram, 0.01)) },
  { name: '±3 σ', limits: (histogram) => sigmas(histogram, 3) },
];

function symmetric({ vmin, vmax }: Limits): Limits {
  const largest = Math.max(Math.abs(vmin), Math.abs(vmax));
  return { vmin: -largest, vmax: largest };
}

/** The limits that leave a fraction of the pixels outside at each end, interpolated within bins. */
export function tails({ edges, histogram }: Counts, tail: number): Limits {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (!total) return { vmin: edges[0]!, vmax: edges.at(-1)! };
  return { vmin: quantile(edges, histogram, tail * total), vmax: quantile(edges, histogram, (1 - tail) * total) };
}

function quantile(edges: number[], counts: number[], wanted: number): number {
  let below = 0;
  let place = edges[0]!;
  for (const [bin, count] of counts.entries()) {
    if (!count) continue;
    // The lowest pixels of all begin where the first bin that holds any begins.
    if (below === 0) place = edges[bin]!;
    const width = edges[bin + 1]! - edges[bin]!;
    if (below + count >= wanted) return edges[bin]! + (width * Math.max(0, wanted - below)) / count;
    below += count;
    place = edges[bin + 1]!;
  }
  return place;
}

function sigmas({ edges, histogram }: Counts, times: number): Limits {
  const total = histogram.reduce((sum, count) => sum + count, 0) || 1;
  const centre = (bin: number) => (edges[bin]! + edges[bin + 1]!) / 2;
  const mean = histogram.reduce((sum, count, bin) => sum + count * centre(bin), 0) / total;
  const variance = histogram.reduce((sum, count, bin) => sum + count * (centre(bin) - mean) ** 2, 0) / total;
  const sigma = Math.sqrt(variance) || 1;
  return { vmin: mean - times * sigma, vmax: mean + times * sigma };
}

/** Move both limits by a fraction of their distance. */
export function shifted({ vmin, vmax }: Limits, fraction: number): Limits {
  const by = (vmax - vmin) * fraction;
  return { vmin: vmin + by, vmax: vmax + by };
}

/** Widen (factor above 1) or narrow the limits about their middle. */
export function widened({ vmin, vmax }: Limits, factor: number): Limits {
  const [middle, half] = [(vmin + vmax) / 2, ((vmax - vmin) / 2) * factor];
  return { vmin: middle - half, vmax: middle + half };
}

/** The colours on the screen, as the server is asked for a picture in them. */
export function pictureOf({ cmap, vmin, vmax, stretch, absolute, inverted }: Colour, flip: boolean) {
  const [low, high] = inverted ? [vmax, vmin] : [vmin, vmax];
  return { cmap, vmin: low, vmax: high, stretch, abs: absolute, flip };
}
