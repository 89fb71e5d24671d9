/** What is seen, as a Python script. */

import { positiveDeg } from '../sky/coordinates';
import { pixelSideDeg, type SkyBox, type TileGrid } from '../sky/grid';
import { type Colour, warpOf } from './colour';
import { knotsOf } from './knots';
import { ticksOf } from './ticks';

/** All that is in the window. */
export interface Scene {
  /** One, or two that are beside each other. */
  plots: readonly Plot[];
  box: SkyBox;
  /** RA increases to the right. */
  isMirrored: boolean;
  /** The colours of a colour map that Matplotlib does not have, lowest first, RGBA; undefined for the others. */
  paletteOf(cmap: string): Uint8Array | undefined;
}

export interface Plot {
  title: string;
  numbers: Numbers;
  /** What is taken away from them. */
  minus?: Numbers | undefined;
  colour: Colour;
  units: string | null;
}

/** Where numbers are: in a FITS file of the part in view, or in tiles where that file would be too large or cannot go so far round. */
export type Numbers = { fits: string } | Mosaic;

export interface Mosaic {
  /** Where tiles are, with `{y}` and `{x}` for their rows and columns. */
  tiles: string;
  grid: TileGrid;
  level: number;
}

/** Write a script that downloads a part of the sky and plots it with the same colours. */
export function pythonFor(scene: Scene): string {
  const { plots, box } = scene;
  const body = [
    '',
    `plt.figure(figsize=(${plots.length > 1 ? '14, 7' : '9, 7'}), layout="constrained")`,
    ...plots.flatMap((plot, i) => plotLines(plot, i, scene)),
    'plt.show()',
    '',
  ];
  const helpers = [
    ...(plots.some(hasFits) ? CUT_OUT : []),
    ...(plots.some(hasTiles) ? MOSAIC : []),
    ...(plots.some(isResampled) ? RESAMPLED : []),
  ];
  const code = [...helpers, ...body].join('\n');
  return [
    `# ${oneLine(plots.map(({ title }) => title).join(', '))}, ${written(box)}`,
    ...importsFor(code),
    '',
    code,
  ].join('\n');
}

/** The modules that a script needs, and the names in it that say so. */
const IMPORTS: readonly [RegExp, string][] = [
  [/\bBytesIO\(/, 'from io import BytesIO'],
  [/\burlopen\(/, 'from urllib.request import urlopen'],
  [/\bplt\./, 'import matplotlib.pyplot as plt'],
  [/\bnp\./, 'import numpy as np'],
  [/\bfits\./, 'from astropy.io import fits'],
  [/\bWCS\(/, 'from astropy.wcs import WCS'],
];
const COLOURS = ['AsinhNorm', 'FuncNorm', 'LinearSegmentedColormap', 'LogNorm', 'Normalize', 'PowerNorm'] as const;

function importsFor(code: string): string[] {
  const colours = COLOURS.filter((name) => code.includes(`${name}(`) || code.includes(`${name}.`));
  const others = IMPORTS.filter(([use]) => use.test(code)).map(([, line]) => line);
  return [...others, `from matplotlib.colors import ${colours.join(', ')}`];
}

const CUT_OUT = `
def cut_out(url):
    with fits.open(url) as hdus:
        return hdus[0].data, WCS(hdus[0].header)
`.split('\n');

/* Columns are turned round: RA decreases along the rows of an image, as in the files. */
const MOSAIC = `
def tile(url, size):
    with urlopen(url) as answer:
        data = answer.read()
    return np.load(BytesIO(data)) if data else np.full((size, size), np.nan)


def mosaic(url, rows, columns, size, window, west, south, side):
    tiles = [[tile(url.format(y=y, x=x), size) for x in columns] for y in rows]
    pixels = np.block(tiles)[window][:, ::-1]
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---CAR", "DEC--CAR"]
    wcs.wcs.cdelt = [-side, side]
    wcs.wcs.crpix = [pixels.shape[1] / 2 + 0.5, 0.5 - south / side]
    wcs.wcs.crval = [west + pixels.shape[1] / 2 * side, 0]
    return pixels, wcs
`.split('\n');

/* The pixel that the middle of each pixel falls in, as on the screen. */
const RESAMPLED = `
def at_pixels_of(wcs, shape, pixels, other):
    rows, columns = np.indices(shape)
    y, x = other.world_to_array_index_values(*wcs.pixel_to_world_values(columns, rows))
    is_inside = (x >= 0) & (x < pixels.shape[1]) & (y >= 0) & (y < pixels.shape[0])
    return np.where(is_inside, pixels[y.clip(0, pixels.shape[0] - 1), x.clip(0, pixels.shape[1] - 1)], np.nan)
`.split('\n');

const hasFits = ({ numbers, minus }: Plot) => 'fits' in numbers || (minus !== undefined && 'fits' in minus);
const hasTiles = ({ numbers, minus }: Plot) => 'tiles' in numbers || (minus !== undefined && 'tiles' in minus);
const isResampled = ({ minus }: Plot) => minus !== undefined;

function plotLines(plot: Plot, index: number, scene: Scene): string[] {
  const { colour, units, title } = plot;
  const label = units ? `, label=${quoted(units)}` : '';
  const place = scene.plots.length > 1 ? `1, ${scene.plots.length}, ${index + 1}, ` : '';
  const { lines: normLines, norm } = normOf(colour);
  const { lines: cmapLines, cmap } = cmapOf(colour, scene);
  return [
    '',
    `pixels, wcs = ${read(plot.numbers, scene.box)}`,
    ...(plot.minus
      ? [
          `others, other_wcs = ${read(plot.minus, scene.box)}`,
          'pixels = pixels - at_pixels_of(wcs, pixels.shape, others, other_wcs)',
        ]
      : []),
    ...(colour.absolute ? ['pixels = np.abs(pixels)'] : []),
    ...cmapLines,
    ...normLines,
    `axes = plt.subplot(${place}projection=wcs)`,
    `image = axes.imshow(pixels, origin="lower", interpolation="nearest", cmap=${cmap}, norm=${norm})`,
    ...(scene.isMirrored ? ['axes.invert_xaxis()'] : []),
    `plt.colorbar(image, ax=axes, orientation="horizontal"${ticksFor(colour)}${label})`,
    `axes.set(title=${quoted(title)}, xlabel="RA", ylabel="Dec")`,
    '',
  ];
}

/** Ticks have at least this much of the bar to themselves. */
const ROOM = 0.1;

/** Where Matplotlib's own ticks would lie on each other. */
function ticksFor(colour: Colour): string {
  const { curve, power, ranks } = warpOf(colour);
  if (curve === 'logarithm' || (curve === 'straight' && power === 1 && !ranks)) return '';
  return `, ticks=[${ticksOf(colour, ROOM)
    .map((value) => python(value, 4))
    .join(', ')}]`;
}

function read(numbers: Numbers, box: SkyBox): string {
  return 'fits' in numbers ? `cut_out(${quoted(numbers.fits)})` : `mosaic(${mosaicArguments(numbers, box)})`;
}

/** The tiles over a box, the pixels of them that lie in it, and where those are. */
function mosaicArguments({ tiles, grid, level }: Mosaic, box: SkyBox): string {
  const side = pixelSideDeg(grid, level);
  const rowCount = 2 ** level;
  const across = spanOf([box.westDeg - grid.westDeg, box.eastDeg - grid.westDeg], grid, side);
  const up = spanOf([box.southDeg - grid.southDeg, box.northDeg - grid.southDeg], grid, side);
  const columns = across.tiles.map((x) => modulo(x, 2 * rowCount));
  const rows = up.tiles.filter((y) => y < rowCount);
  return [
    quoted(tiles),
    `[${rows.join(', ')}]`,
    `[${columns.join(', ')}]`,
    grid.tileSize,
    `np.s_[${up.window.join(':')}, ${across.window.join(':')}]`,
    python(positiveDeg(grid.westDeg + across.pixel * side), 12),
    python(grid.southDeg + up.pixel * side, 12),
    python(side, 12),
  ].join(', ');
}

/** The pixels between two distances from a grid's edge, degrees: the first, the tiles they are in, and where they are in those. */
function spanOf([from, to]: readonly [number, number], { tileSize }: TileGrid, side: number) {
  const [pixel, end] = [Math.round(from / side), Math.round(to / side)];
  const first = Math.floor(pixel / tileSize);
  const tiles = Array.from({ length: Math.ceil(end / tileSize) - first }, (_, i) => first + i);
  return { pixel, tiles, window: [pixel - first * tileSize, end - first * tileSize] };
}

function modulo(value: number, turn: number): number {
  return ((value % turn) + turn) % turn;
}

interface Norm {
  /** What must be said before. */
  lines: string[];
  norm: string;
}

/** The formulas of src/state/colour.ts, in Matplotlib's terms. */
function normOf(colour: Colour): Norm {
  const warp = warpOf(colour);
  const { curve, pivot, knee, power, ranks } = warp;
  const [low, high] = limitsOf(colour);
  const limits = `vmin=${python(low)}, vmax=${python(high)}, clip=True`;
  if (ranks) return rankNorm(ranks, [low, high], limits);
  if (curve === 'logarithm')
    return plain(`LogNorm(vmin=${python(Math.exp(warp.low))}, vmax=${python(high)}, clip=True)`);
  if (curve === 'arcsinh' && pivot === 0) return plain(`AsinhNorm(linear_width=${python(knee)}, ${limits})`);
  if (curve === 'arcsinh' || curve === 'signedLogarithm') return curvedNorm(curve, { pivot, knee, limits });
  return plain(power === 1 ? `Normalize(${limits})` : `PowerNorm(${power}, ${limits})`);
}

const plain = (norm: string): Norm => ({ lines: [], norm });

/** The limits in increasing order, apart. */
function limitsOf(colour: Colour): [number, number] {
  const { low, high } = warpOf({ ...colour, stretch: 'linear' });
  return [low, high];
}

function curvedNorm(
  curve: 'arcsinh' | 'signedLogarithm',
  { pivot, knee, limits }: { pivot: number; knee: number; limits: string },
): Norm {
  const [there, back] =
    curve === 'arcsinh'
      ? ['np.arcsinh(%)', 'np.sinh(%)']
      : ['np.sign(%) * np.log1p(np.abs(%))', 'np.sign(%) * np.expm1(np.abs(%))'];
  const [from, to] = [pivot ? ` - ${bracketed(pivot)}` : '', pivot ? `${python(pivot)} + ` : ''];
  return {
    lines: [
      `def place(value):`,
      `    u = (value${from}) / ${python(knee)}`,
      `    return ${there.replaceAll('%', 'u')}`,
      '',
      `def value_at(u):`,
      `    return ${to}${python(knee)} * ${back.replaceAll('%', 'u')}`,
      '',
    ],
    norm: `FuncNorm((place, value_at), ${limits})`,
  };
}

/** How far ranks may be off: half a colour. */
const RANK_TOLERANCE = 1 / 512;

/** Ranks by straight lines between a few of them. */
function rankNorm(ranks: Float32Array, [low, high]: readonly [number, number], limits: string): Norm {
  const middles = Array.from(ranks, (rank) => [rank]);
  const knots = knotsOf(middles, RANK_TOLERANCE);
  const valueOfRank = (i: number) => python(low + ((i + 0.5) / ranks.length) * (high - low));
  const values = [python(low), ...knots.map(valueOfRank), python(high)];
  const places = ['0', ...knots.map((i) => python(ranks[i]!, 4)), '1'];
  return {
    lines: [
      `values = [${values.join(', ')}]`,
      `ranks = [${places.join(', ')}]`,
      'def place(value, values=values, ranks=ranks):',
      '    return np.interp(value, values, ranks)',
      '',
      'def value_at(rank, values=values, ranks=ranks):',
      '    return np.interp(rank, ranks, values)',
      '',
    ],
    norm: `FuncNorm((place, value_at), ${limits})`,
  };
}

/** How far colours may be off, levels of 255. */
const COLOUR_TOLERANCE = 1.5;

function cmapOf(colour: Colour, { paletteOf }: Scene): { lines: string[]; cmap: string } {
  const { cmap, inverted } = colour;
  const isTurned = warpOf(colour).turned !== inverted;
  const rgba = paletteOf(cmap);
  if (!rgba) return { lines: [], cmap: quoted(isTurned ? reversed(cmap) : cmap) };
  const colours = Array.from({ length: rgba.length / 4 }, (_, i) => [...rgba.subarray(4 * i, 4 * i + 3)]);
  if (isTurned) colours.reverse();
  const stops = knotsOf(colours, COLOUR_TOLERANCE).map(
    (i) => `(${python(i / (colours.length - 1), 4)}, "${hex(colours[i]!)}")`,
  );
  return {
    lines: [`cmap = LinearSegmentedColormap.from_list(${quoted(cmap)}, [${stops.join(', ')}])`],
    cmap: 'cmap',
  };
}

function reversed(cmap: string): string {
  return cmap.endsWith('_r') ? cmap.slice(0, -2) : `${cmap}_r`;
}

function hex(rgb: readonly number[]): string {
  return `#${rgb.map((level) => level.toString(16).padStart(2, '0')).join('')}`;
}

function written({ westDeg, eastDeg, southDeg, northDeg }: SkyBox): string {
  const [west, east, south, north] = [westDeg, eastDeg, southDeg, northDeg].map((value) => Number(value.toFixed(4)));
  return `RA ${west} to ${east}, Dec ${south} to ${north} degrees`;
}

/** A number, in as many digits as matter. */
function python(value: number, digits = 7): string {
  return String(Number(value.toPrecision(digits)));
}

function bracketed(value: number): string {
  return value < 0 ? `(${python(value)})` : python(value);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** A text in Python's quotation marks: those of JSON are the same. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
