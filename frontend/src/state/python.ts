/** What is seen, as a Python script. */

import type { SkyBox } from '../sky/grid';
import type { Colour, Stretch } from './colour';

export interface Scene {
  title: string;
  /** Where the FITS file of the part in view is. */
  address: string;
  box: SkyBox;
  colour: Colour;
  units: string | null;
}

/** Colour maps of the viewer that Matplotlib does not have, and what comes near them. */
const UNKNOWN = ['planck', 'wmap', 'cmb_hotcold'];
const NEAR = 'RdBu_r';

/** Write a script that downloads a part of the sky and plots it with the same colours. */
export function pythonFor({ title, address, box, colour, units }: Scene): string {
  const { absolute } = colour;
  const label = units ? `, label=${quoted(units)}` : '';
  return [
    `# ${oneLine(title)}, ${written(box)}`,
    'import matplotlib.pyplot as plt',
    absolute ? 'import numpy as np' : undefined,
    ...normImports(colour.stretch),
    'from astropy.io import fits',
    'from astropy.wcs import WCS',
    '',
    `url = ${quoted(address)}`,
    'with fits.open(url) as hdus:',
    '    pixels, header = hdus[0].data, hdus[0].header',
    absolute ? 'pixels = np.abs(pixels)' : undefined,
    '',
    'axes = plt.subplot(projection=WCS(header))',
    `image = axes.imshow(pixels, origin="lower", interpolation="nearest", cmap=${cmapOf(colour)}, norm=${normOf(colour)})`,
    `plt.colorbar(image${label})`,
    `axes.set_title(${quoted(title)})`,
    'plt.show()',
    '',
  ]
    .filter((line) => line !== undefined)
    .join('\n');
}

function normImports(stretch: Stretch): string[] {
  if (stretch === 'histeq') return ['from astropy.visualization import HistEqStretch, ImageNormalize'];
  const names: Record<Exclude<Stretch, 'histeq'>, string> = {
    linear: 'Normalize',
    log: 'LogNorm',
    symlog: 'SymLogNorm',
    asinh: 'AsinhNorm',
    sqrt: 'PowerNorm',
    square: 'PowerNorm',
  };
  return [`from matplotlib.colors import ${names[stretch]}`];
}

function normOf({ stretch, vmin, vmax }: Colour): string {
  const [low, high] = [Math.min(vmin, vmax), Math.max(vmin, vmax)];
  const limits = `vmin=${python(low)}, vmax=${python(high)}`;
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const norms: Record<Stretch, string> = {
    linear: `Normalize(${limits})`,
    // Of numbers that have no logarithm, as on the screen: three decades below the upper limit.
    log: `LogNorm(vmin=${python(low > 0 ? low : high / 1000)}, vmax=${python(high)}, clip=True)`,
    symlog: `SymLogNorm(linthresh=${python(reach / 100)}, ${limits})`,
    asinh: `AsinhNorm(linear_width=${python(reach / 10)}, ${limits})`,
    sqrt: `PowerNorm(0.5, ${limits}, clip=True)`,
    square: `PowerNorm(2, ${limits}, clip=True)`,
    histeq: `ImageNormalize(${limits}, stretch=HistEqStretch(pixels.clip(${python(low)}, ${python(high)})))`,
  };
  return norms[stretch];
}

function cmapOf({ cmap, inverted, vmin, vmax }: Colour): string {
  const isReversed = cmap.endsWith('_r');
  const base = isReversed ? cmap.slice(0, -2) : cmap;
  const name = UNKNOWN.includes(base) ? `${NEAR}${isReversed ? '_r' : ''}`.replace('_r_r', '') : cmap;
  if (inverted === vmin > vmax) return quoted(name);
  return quoted(name.endsWith('_r') ? name.slice(0, -2) : `${name}_r`);
}

function written({ westDeg, eastDeg, southDeg, northDeg }: SkyBox): string {
  const [west, east, south, north] = [westDeg, eastDeg, southDeg, northDeg].map((value) => Number(value.toFixed(4)));
  return `RA ${west} to ${east}, Dec ${south} to ${north} degrees`;
}

/** A number, in as many digits as matter. */
function python(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** A text in Python's quotation marks: those of JSON are the same. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
