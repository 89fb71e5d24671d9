import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { NAMES, paletteFor } from '../map/palettes';
import { STRETCHES } from './colour';
import { type Plot, pythonFor, type Scene } from './python';

const plot: Plot = {
  title: 'f150 · "I"\nimport os',
  numbers: { fits: 'http://127.0.0.1/layers/a/submap/1/2/4/3/image.fits' },
  colour: { cmap: 'viridis', vmin: -3, vmax: 5, stretch: 'linear', absolute: false, inverted: false },
  units: 'uK',
};
const scene: Scene = {
  plots: [plot],
  box: { westDeg: 1, eastDeg: 2, southDeg: 3, northDeg: 4 },
  isMirrored: false,
  paletteOf: paletteFor,
};
const withPlot = (change: Partial<Plot>) => pythonFor({ ...scene, plots: [{ ...plot, ...change }] });
const withColour = (change: Partial<Plot['colour']>) => withPlot({ colour: { ...plot.colour, ...change } });

it('downloads the part in view and plots it as it is seen', () => {
  const code = pythonFor(scene);
  expect(code).toContain('cut_out("http://127.0.0.1/layers/a/submap/1/2/4/3/image.fits")');
  expect(code).toContain('cmap="viridis", norm=Normalize(vmin=-3, vmax=5, clip=True)');
  expect(code).toContain('plt.colorbar(image, ax=axes, orientation="horizontal", label="uK")');
  expect(code).not.toContain('np.');
  expect(code).not.toContain('invert_xaxis');
  expect(pythonFor({ ...scene, isMirrored: true })).toContain('axes.invert_xaxis()');
});

it('lets no name become code', () => {
  expect(pythonFor(scene).split('\n')).not.toContain('import os');
});

test.each([
  ['viridis', false, '"viridis"'],
  ['viridis', true, '"viridis_r"'],
  ['RdBu_r', true, '"RdBu"'],
])('the colour map %s, inverted: %s, is %s', (cmap, inverted, wanted) => {
  expect(withColour({ cmap, inverted })).toContain(`cmap=${wanted}`);
});

describe('colours that Matplotlib does not have', () => {
  const source = readFileSync(new URL('../../../tilemaker/render/colour.py', import.meta.url), 'utf8');
  const own = [...source.matchAll(/^ {4}"(\w+)": \(/gm)].map(([, name]) => name!);

  it('are those that the server has of its own', () => {
    expect(own.length).toBeGreaterThan(0);
    expect(NAMES.filter((name) => paletteFor(name))).toEqual([...own].sort());
  });

  test.each(own)('are written down: %s, and the other way round', (cmap) => {
    const stops = (code: string) =>
      [...code.matchAll(/\(([\d.]+), "(#[0-9a-f]{6})"\)/g)].map(([, at, hex]) => [Number(at), hex]);
    const forth = stops(withColour({ cmap }));
    const back = stops(withColour({ cmap: `${cmap}_r` }));
    expect(forth[0]![0]).toBe(0);
    expect(forth.at(-1)![0]).toBe(1);
    expect(forth.length).toBeLessThan(40);
    expect([back[0]![1], back.at(-1)![1]]).toEqual([forth.at(-1)![1], forth[0]![1]]);
    expect(stops(withColour({ cmap, inverted: true }))).toEqual(back);
  });
});

const population = { edges: [-4, -2, 0, 2, 4, 6], histogram: [1, 5, 20, 5, 1], vmin: -3, vmax: 5 };

test.each(STRETCHES)('the norm of %s is imported', (stretch) => {
  const code = withColour({ stretch, population });
  const name = /norm=(\w+)\(/.exec(code)![1]!;
  expect(code).toMatch(new RegExp(`import .*${name}`));
});

test.each([
  ['asinh', -3, 5, 'AsinhNorm(linear_width=0.5, vmin=-3, vmax=5'],
  ['asinh', 2, 5, 'u = (value - 2) / 0.3'],
  ['symlog', -3, 5, 'u = (value) / 0.05'],
  ['symlog', -5, -1, 'u = (value - (-1)) / 0.04'],
  ['log', 1, 5, 'LogNorm(vmin=1, vmax=5, clip=True)'],
  ['log', -3, 5, 'LogNorm(vmin=0.005, vmax=5, clip=True)'],
  ['log', -5, -1, 'FuncNorm('],
  ['sqrt', -3, 5, 'PowerNorm(0.5, vmin=-3, vmax=5, clip=True)'],
  ['linear', 5, -3, 'cmap="viridis_r", norm=Normalize(vmin=-3, vmax=5'],
] as const)('%s from %d to %d is %s', (stretch, vmin, vmax, wanted) =>
  expect(withColour({ stretch, vmin, vmax })).toContain(wanted),
);

it('takes ranks from the histogram, in increasing order', () => {
  const code = withColour({ stretch: 'histeq', population });
  const numbers = (name: string) => JSON.parse(new RegExp(`^${name} = (.*)$`, 'm').exec(code)![1]!) as number[];
  const [values, ranks] = [numbers('values'), numbers('ranks')];
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  expect([values[0], values.at(-1), ranks[0], ranks.at(-1)]).toEqual([-3, 5, 0, 1]);
});

describe('a part that is too large for one file', () => {
  const grid = { pixelDeg: 0.25, tileSize: 90, levels: 4, westDeg: -180, southDeg: -90 };
  const numbers = { tiles: 'http://127.0.0.1/layers/a/1/{y}/{x}/tile.npy?v=1', grid, level: 1 };
  const mosaicOf = (westDeg: number, eastDeg: number) => {
    const box = { westDeg, eastDeg, southDeg: -90, northDeg: 30 };
    return /mosaic\("[^"]*", (.*)\)$/m.exec(pythonFor({ ...scene, plots: [{ ...plot, numbers }], box }))![1];
  };

  it('is put together from tiles, round the sky where it goes round', () => {
    // Pixels of a degree, four tiles round the sky.
    expect(mosaicOf(100, 200)).toBe('[0, 1], [3, 0], 90, np.s_[0:120, 10:110], 100, -90, 1');
    expect(mosaicOf(-170, 190)).toBe('[0, 1], [0, 1, 2, 3, 0], 90, np.s_[0:120, 10:370], 190, -90, 1');
  });
});

it('takes one layer away from another, pixel by pixel', () => {
  const code = withPlot({ minus: { fits: 'http://127.0.0.1/layers/b/x.fits' } });
  expect(code).toContain('others, other_wcs = cut_out("http://127.0.0.1/layers/b/x.fits")');
  expect(code).toContain('pixels = pixels - at_pixels_of(');
});

it('puts two layers beside each other', () => {
  const code = pythonFor({ ...scene, plots: [plot, { ...plot, title: 'other' }] });
  expect(code.match(/plt.subplot\(1, 2, [12], /g)).toEqual(['plt.subplot(1, 2, 1, ', 'plt.subplot(1, 2, 2, ']);
});
