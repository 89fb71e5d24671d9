/** Maps as they are published, on the screen and out of it again, judged by astropy. */

import { existsSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { BACKGROUND, CENTRE, drawn, hasChromium, picture, SharedPage, saved, useStage, WINDOW } from './browser';
import { python, ROOT } from './python';

const FOLDER = `${ROOT}../shared/data/cmb/`;
const FILES = { wmap: `${FOLDER}wmap7_W_IQU_equ_car_f4.fits`, pixell: `${FOLDER}pixell_sim_lensed_IQU_car.fits` };
const LAYERS = { wmap: 'maps-wmap7-w-iqu-equ-car-f4-all-', pixell: 'maps-pixell-sim-lensed-iqu-car-all-' };
type Name = keyof typeof FILES;
const isThere = hasChromium && Object.values(FILES).every(existsSync);
if (!isThere) process.stderr.write(`Tests of real maps in the browser are skipped: there is no Chromium, or nothing at ${FOLDER}.\n`);

const stage = useStage(['open', ...Object.values(FILES)], isThere);
const shared = new SharedPage(stage);

function view(words: Record<string, string | number>): string {
  const link = { cmap: 'gray', lines: 'none', boxes: 0, ...words };
  return `${stage.address}/#${new URLSearchParams(Object.entries(link).map(([name, value]) => [name, String(value)]))}`;
}

/** A pixel that outshines all within a few degrees. */
interface Peak {
  raDeg: number;
  decDeg: number;
  value: number;
  /** The brightest of those around it. */
  next: number;
}

/** The pixels of a plane that stand out most: of all of it, and of those on either side of RA 180 and 0. */
const PEAKS = `
hdu = fits.open(arguments["file"])[0]
plane = np.nan_to_num(hdu.data[arguments["plane"]].astype(float), nan=-np.inf)
around = np.full(plane.shape, -np.inf)
for dy in range(-6, 7):
    for dx in range(-6, 7):
        if dx or dy:
            around = np.maximum(around, np.roll(plane, (dy, dx), (0, 1)))
ra, dec = WCS(hdu.header).celestial.pixel_to_world_values(*np.meshgrid(*map(np.arange, plane.shape[::-1])))
height = np.where((abs(dec) < 70) & np.isfinite(around), plane - around, -np.inf)
answer = []
for middle in (None, 180, 0):
    near = True if middle is None else abs((ra - middle + 180) % 360 - 180) < 3
    at = np.unravel_index(np.argmax(np.where(near, height, -np.inf)), plane.shape)
    answer.append(dict(raDeg=ra[at], decDeg=dec[at], value=plane[at], next=around[at]))
`;

const NAMES = ['wmap', 'pixell'] as const;
const places = new Map<Name, Peak[]>();
function peaksOf(name: Name): Peak[] {
  const known = places.get(name) ?? python<Peak[]>(PEAKS, { file: FILES[name], plane: 0 });
  places.set(name, known);
  return known;
}

describe.runIf(isThere)('a map as it is published', () => {
  const cases = NAMES.flatMap((name) => ['anywhere', 'at RA 180', 'at RA 0'].map((where, i) => ({ name, where, i })));
  test.each(cases)('has its brightest pixel $where where astropy has it, whichever way RA increases: $name', async ({ name, i }) => {
    const { raDeg, decDeg, value, next } = peaksOf(name)[i]!;
    const [east, north, width] = [1.3, -0.7, 10];
    const { page } = await shared.look(view({ layer: `${LAYERS[name]}i`, ra: raDeg - east, dec: decDeg - north, width, vmin: next, vmax: value }));
    const pixels = WINDOW.width / width;
    for (const [sky, across] of [
      ['ra-left', -east],
      ['ra-right', east],
    ] as const) {
      if (sky === 'ra-right') {
        await page.keyboard.press('o');
        await page.waitForFunction(() => location.hash.includes('sky=ra-right'));
        await drawn(page);
      }
      const wanted = { x: CENTRE.x + across * pixels, y: CENTRE.y - north * pixels };
      const found = (await picture(page)).brightMiddle(wanted, 70, 40);
      expect(found.count).toBeGreaterThan(1000);
      expect(Math.abs(found.x - wanted.x)).toBeLessThan(1);
      expect(Math.abs(found.y - wanted.y)).toBeLessThan(1);
    }
  });

  it('is transparent exactly where astropy finds no number', async () => {
    const { page } = await shared.look(view({ layer: `${LAYERS.wmap}i`, ra: 100, dec: 5, width: 40, vmin: -1e6, vmax: 1e6 }));
    const shot = await picture(page);
    const spots = [60, 172, 285, 398, 511, 624, 737].flatMap((x) => [120, 211, 302, 393, 484].map((y) => ({ x, y })));
    const scale = 40 / WINDOW.width;
    const asked = spots.map(({ x, y }) => [100 - (x + 0.5 - CENTRE.x) * scale, 5 - (y + 0.5 - CENTRE.y) * scale]);
    const gaps = python<boolean[]>(
      `
hdu = fits.open(arguments["file"])[0]
x, y = WCS(hdu.header).celestial.world_to_pixel_values(*np.transpose(arguments["asked"]))
answer = np.isnan(hdu.data[0][np.rint(y).astype(int), np.rint(x).astype(int) % hdu.data.shape[2]]).tolist()
`,
      { file: FILES.wmap, asked },
    );
    expect(new Set(gaps).size).toBe(2);
    expect(spots.map(({ x, y }) => String(shot.at(x, y)) === String(BACKGROUND))).toEqual(gaps);
  });

  test.each([
    ['wmap', 174, 187],
    ['pixell', -8.5, 6.5],
  ] as const)('is cut out with a WCS and numbers that astropy agrees with: %s from RA %d to %d', async (name, west, east) => {
    const { page } = await shared.look(view({ layer: `${LAYERS[name]}q`, ra: west, dec: 0, width: 40, marks: `b,${west},${east},-12,21,Mine` }));
    await page.keyboard.press('e');
    const mine = page.getByRole('article', { name: 'Box Mine' });
    const [download] = await Promise.all([page.waitForEvent('download'), mine.getByRole('link', { name: 'FITS' }).click()]);
    await page.keyboard.press('e');
    await mine.waitFor({ state: 'hidden' });
    const answer = python<{ isSame: boolean; off: number; west: number; east: number; south: number; north: number }>(
      `
hdu, cut = fits.open(arguments["file"])[0], fits.open(arguments["cut"])[0]
y, x = np.indices(cut.data.shape)
ra, dec = WCS(cut.header).pixel_to_world_values(x, y)
x, y = WCS(hdu.header).celestial.world_to_pixel_values(ra, dec)
column, row = np.rint(x).astype(int), np.rint(y).astype(int)
there = hdu.data[1].astype("f4")[row, column % hdu.data.shape[2]]
answer = dict(
    isSame=np.array_equal(there, cut.data, equal_nan=True),
    off=float(max(abs(x - column).max(), abs(y - row).max())),
    west=float(min((ra - arguments["west"] + 180).ravel() % 360 - 180)),
    east=float(max((ra - arguments["east"] + 180).ravel() % 360 - 180)),
    south=float(dec.min()),
    north=float(dec.max()),
)
`,
      { file: FILES[name], cut: await saved(download), west, east },
    );
    expect(answer.isSame).toBe(true);
    expect(answer.off).toBeLessThan(1e-6);
    // The pixels that the box touches: their middles are no further than a pixel from its edges.
    for (const [edge, wanted] of [
      [answer.west, 0],
      [answer.east, 0],
      [answer.south, -12],
      [answer.north, 21],
    ] as const)
      expect(Math.abs(edge - wanted)).toBeLessThan(1);
  });

  it('is plotted in its colours by the script that is copied', async () => {
    const { raDeg, decDeg } = peaksOf('wmap')[1]!;
    const words = { layer: `${LAYERS.wmap}i`, ra: raDeg, dec: decDeg, width: 12, cmap: 'planck', vmin: -250, vmax: 250, stretch: 'asinh' };
    const { page } = await shared.look(view(words));
    const shot = await picture(page);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Share and export' }).click();
    await page.getByRole('menuitem', { name: 'Copy as Python' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('plt.show()');
    const script = await page.evaluate(() => navigator.clipboard.readText());
    // One spot in each pixel of the map, clear of what lies over the sky.
    const spots = [-5, -4, -3, -1, 0, 1, 2, 4].map((dx) => ({ x: CENTRE.x + (dx * WINDOW.width) / 24, y: CENTRE.y }));
    const theirs = python<number[][]>(
      `
import matplotlib
matplotlib.use("Agg")
script = {}
exec(arguments["script"], script)
image, wcs = script["image"], script["wcs"]
x, y = wcs.world_to_pixel_values(arguments["ra"], np.full(len(arguments["ra"]), arguments["dec"]))
values = image.get_array()[np.rint(y).astype(int), np.rint(x).astype(int)]
colours = (image.cmap(image.norm(values))[:, :3] * 255).tolist()
answer = [colour if np.isfinite(value) else arguments["none"] for colour, value in zip(colours, np.ma.filled(values, np.nan))]
`,
      { script, ra: spots.map(({ x }) => raDeg - ((x - CENTRE.x) * 12) / WINDOW.width), dec: decDeg, none: BACKGROUND },
    );
    for (const [i, { x, y }] of spots.entries()) {
      for (const [channel, level] of shot.at(x, y).entries()) expect(Math.abs(level - theirs[i]![channel]!)).toBeLessThan(8);
    }
    expect(new Set(theirs.map(String)).size).toBeGreaterThan(3);
  });
});
