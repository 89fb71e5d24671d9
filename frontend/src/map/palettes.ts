/** Colour maps: 255 colours each, exactly those of the server's pictures (whose 256th is transparent). */

import table from './palettes.json';

/** Colours in a map. */
export const COLOURS = 255;

const colours = table as Record<string, string>;

const cache = new Map<string, Uint8Array>();

/** The names of all colour maps, without those that only run the other way (`viridis_r`). */
export const NAMES: readonly string[] = Object.keys(colours);

/** Those that the field uses most, in the order in which the picker shows them. */
export const FAVOURITES: readonly string[] = [
  'RdBu_r',
  'planck',
  'viridis',
  'inferno',
  'magma',
  'cividis',
  'coolwarm',
  'seismic',
  'gray',
  'cmb_hotcold',
  'wmap',
  'twilight',
];

export function isKnown(name: string): boolean {
  return baseOf(name) in colours;
}

/** The colours of a map, lowest first, as RGBA; grey for a name nobody knows. */
export function palette(name: string): Uint8Array {
  let rgba = cache.get(name);
  if (!rgba) {
    rgba = unpack(colours[baseOf(name)] ?? colours.gray!, isReversed(name));
    cache.set(name, rgba);
  }
  return rgba;
}

/** Those that Matplotlib does not have: the server's own, in tilemaker/render/colour.py. */
const OWN: readonly string[] = ['planck', 'wmap', 'cmb_hotcold'];

/** The colours of a map for a program that knows only Matplotlib's; undefined for those it knows. */
export function paletteFor(name: string): Uint8Array | undefined {
  return OWN.includes(baseOf(name)) ? palette(name) : undefined;
}

function isReversed(name: string): boolean {
  return name.endsWith('_r') && !(name in colours);
}

function baseOf(name: string): string {
  return isReversed(name) ? name.slice(0, -2) : name;
}

/** Colours from the steps between them: all of red, then green, then blue, each modulo 256. */
function unpack(packed: string, reversed: boolean): Uint8Array {
  const steps = Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0));
  const rgba = new Uint8Array(COLOURS * 4).fill(255);
  for (let channel = 0; channel < 3; channel++) {
    let level = 0;
    for (let i = 0; i < COLOURS; i++) {
      // The array takes it modulo 256.
      level += steps[COLOURS * channel + i]!;
      rgba[4 * (reversed ? COLOURS - 1 - i : i) + channel] = level;
    }
  }
  return rgba;
}

const pictures = new Map<string, string>();

/** A colour map as a CSS background, lowest value left. */
export function gradient(name: string, inverted = false): string {
  const key = `${name} ${inverted}`;
  let css = pictures.get(key);
  if (!css) {
    const rgba = palette(name);
    const stops = Array.from({ length: 64 }, (_, i) => {
      const at = 4 * Math.round(((inverted ? 63 - i : i) * (COLOURS - 1)) / 63);
      return `rgb(${rgba[at]} ${rgba[at + 1]} ${rgba[at + 2]})`;
    });
    css = `linear-gradient(90deg, ${stops.join(', ')})`;
    pictures.set(key, css);
  }
  return css;
}
