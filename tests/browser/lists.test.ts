/** Regions and a long list of sources, opened as files: on the screen where astropy has them, and said to be what they are. */

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it, test } from 'vitest';
import { CENTRE, drawn, hasChromium, type Picture, picture, SharedPage, saved, useStage, WINDOW } from './browser';
import { python, ROOT } from './python';

/** Each in a colour of its own: across RA 0 and 180, about a pole, turned, in other coordinates, in two parts, left out, of corners. */
const SHAPES = {
  '#ff0000': 'circle(0,0,5)',
  '#00ff00': 'circle(180,40,6)',
  '#ff00ff': 'ellipse(60,-30,8,3,30)',
  '#ffff00': 'box(330,30,10,4,20)',
  '#00ffff': 'circle(90,88,6)',
  '#ff8000': '-circle(300,-20,7)',
  '#8080ff': 'annulus(120,10,3,6)',
  '#80ff80': 'polygon(170,-40,190,-40,190,-20,170,-20)',
};
const REGIONS = [
  'fk5',
  ...Object.entries(SHAPES).map(([colour, shape]) => `${shape} # color=${colour}`),
  '# vector(1,2,3,4) vector=1',
  'galactic;ellipse(90,30,8,4,20) # color=#ff80c0',
];
/** More than are drawn at once. */
const SOURCES = 50_400;

const folder = hasChromium ? mkdtempSync(`${tmpdir()}/tilemaker-lists-`) : '';
if (hasChromium) {
  copyFileSync(`${ROOT}examples/maps/patch_f150_map.fits`, `${folder}/map.fits`);
  writeFileSync(`${folder}/field.reg`, REGIONS.join('\n'));
  // As evenly spread as leaves on a stem, fainter and fainter.
  const rows = Array.from({ length: SOURCES }, (_, i) => {
    const decDeg = (Math.asin(1 - (2 * i + 1) / SOURCES) * 180) / Math.PI;
    return `S ${i},${((i * 137.50776405) % 360).toFixed(6)},${decDeg.toFixed(6)},${SOURCES - ((i * 7919) % SOURCES)}`;
  });
  writeFileSync(`${folder}/long.csv`, ['name,ra,dec,flux', ...rows].join('\n'));
}
afterAll(() => folder && rmSync(folder, { recursive: true }));

const stage = useStage(['open', folder]);
const shared = new SharedPage(stage);

function view(words: Record<string, string | number>): string {
  const link = { lines: 'none', boxes: 0, ...words };
  return `${stage.address}/#${new URLSearchParams(Object.entries(link).map(([name, value]) => [name, String(value)]))}`;
}

/** Places on the edges of the regions of a file, by colour: along great circles from the centre, or at the corners. */
const EDGES = `
from astropy import units as u
from regions import Regions
answer = {}
for region in Regions.read(arguments["path"], format="ds9"):
    if hasattr(region, "vertices"):
        places = region.vertices
    else:
        around = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        if hasattr(region, "outer_radius"):
            x, y = np.concatenate([r.to_value("deg") * np.array([np.cos(around), np.sin(around)]) for r in (region.inner_radius, region.outer_radius)], axis=1)
        elif hasattr(region, "radius"):
            x, y = region.radius.to_value("deg") * np.array([np.cos(around), np.sin(around)])
        else:
            x, y = region.width.to_value("deg") / 2 * np.cos(around), region.height.to_value("deg") / 2 * np.sin(around)
            if type(region).__name__.startswith("Rectangle"):
                corner = np.array([[1, 1, -1, -1], [1, -1, 1, -1]])
                x, y = region.width.to_value("deg") / 2 * corner[0], region.height.to_value("deg") / 2 * corner[1]
        turn = region.angle.to_value("rad") if hasattr(region, "angle") else 0.0
        west, north = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        places = region.center.directional_offset_by(np.arctan2(-west, north) * u.rad, np.hypot(west, north) * u.deg)
    places = places.icrs
    answer[region.visual["edgecolor"]] = np.column_stack([places.ra.deg, places.dec.deg]).tolist()
`;

type Edges = Record<string, [number, number][]>;
let edges: Edges | undefined;

/** How much of what should be seen of each region is, of those that are in the window. */
function seen(shot: Picture, middleDeg: number, way: 1 | -1): Record<string, number> {
  edges ??= python<Edges>(EDGES, { path: `${folder}/field.reg` });
  const scale = WINDOW.width / 360;
  const shares = Object.entries(edges).map(([colour, places]) => {
    const wanted = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    const found = places.filter(([raDeg, decDeg]) => {
      const along = ((raDeg - middleDeg + 540) % 360) - 180;
      return isNear(shot, CENTRE.x + way * along * scale, CENTRE.y - decDeg * scale, wanted);
    });
    return [colour, found.length / places.length] as const;
  });
  return Object.fromEntries(shares);
}

function isNear(shot: Picture, x: number, y: number, wanted: readonly number[]): boolean {
  const around = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => shot.at(x - 0.5 + dx, y - 0.5 + dy)));
  return around.some((colour) => colour.every((level, i) => Math.abs(level - wanted[i]!) < 90));
}

describe.runIf(hasChromium)('regions', () => {
  test.each([
    ['ra-left', 45, -1],
    ['ra-right', 215, 1],
  ] as const)('are drawn where astropy has them: %s', async (sky, ra, way) => {
    const { page, complaints } = await shared.look(view({ ra, dec: 0, width: 360, sky }));
    await page.waitForLoadState('networkidle');
    await expect.poll(async () => Object.values(seen(await picture(page), ra, way)).some((share) => share > 0.5)).toBe(true);
    const { '#ff8000': dashed, ...whole } = seen(await picture(page), ra, way);
    expect(Object.keys(whole)).toHaveLength(Object.keys(SHAPES).length);
    for (const [colour, share] of Object.entries(whole)) expect(share, colour).toBeGreaterThan(0.9);
    expect(dashed).toBeGreaterThan(0.3);
    expect(complaints).toEqual([]);
  });

  it('are switched off and on as a list, which says how many it has', async () => {
    const { page } = await shared.look(view({ ra: 45, dec: 0, width: 360 }));
    await page.keyboard.press('e');
    const list = page.getByRole('checkbox', { name: 'field' });
    await page.getByText(String(Object.keys(SHAPES).length + 1), { exact: true }).waitFor();
    await list.click();
    await expect.poll(() => page.url()).toContain('without=field');
    await expect.poll(async () => Object.values(seen(await picture(page), 45, -1)).every((share) => share < 0.3)).toBe(true);
    await list.click();
    await page.keyboard.press('e');
  });

  it('that were drawn are what astropy reads from the file they are saved in', async () => {
    const { page } = await shared.look(view({ ra: 180, dec: 0, width: 30, marks: 'a,179.5,-2,60~b,175,185,-5,5' }));
    await page.keyboard.press('e');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as DS9 regions' }).click()]);
    await page.keyboard.press('e');
    const lines = `
from regions import Regions
circle, box = Regions.read(arguments["path"], format="ds9")
ra, dec = box.vertices.ra.deg, box.vertices.dec.deg
answer = [circle.center.ra.deg, circle.center.dec.deg, circle.radius.to_value("deg"), ra.min(), ra.max(), dec.min(), dec.max()]`;
    expect(python<number[]>(lines, { path: await saved(download) })).toEqual(
      [179.5, -2, 1, 175, 185, -5, 5].map((value) => expect.closeTo(value, 6)),
    );
  });
});

describe.runIf(hasChromium)('a long list', () => {
  it('comes by the part of the sky in view, and its table says what of it is shown', async () => {
    const { page, requests } = await shared.look(view({ ra: 10, dec: 5, width: 80, sources: 'long' }));
    await page.keyboard.press('t');
    const count = page.getByRole('status', { name: 'Sources found' });
    await expect.poll(() => count.innerText(), { timeout: 20_000 }).toMatch(/^1,000 of \d,\d{3} in view$/);
    await page.getByRole('columnheader', { name: 'flux' }).getByRole('button').click();
    await expect.poll(() => requests.some((url) => url.includes('by=flux'))).toBe(true);
    const remark = page.getByText('Ordered by');
    expect(await remark.count()).toBe(0);
    await page.getByRole('columnheader', { name: 'RA' }).getByRole('button').click();
    expect(await remark.innerText()).toMatch(/^Ordered by RA are only the 1,000 that are listed, of \d,\d{3} in view\./);
    await page.getByLabel('Filter sources').fill('S 2');
    await expect.poll(() => count.innerText()).toMatch(/^\d+ of the first 1,000$/);
    await page.getByLabel('Filter sources').fill('nowhere');
    await page.getByText('None of the first 1,000 in view matches “nowhere”.').waitFor();
    await page.getByLabel('Filter sources').fill('');
    expect(requests.filter((url) => url.endsWith('/sources/long'))).toEqual([]);
    const { page: nearer } = await shared.look(view({ ra: 10, dec: 5, width: 10, sources: 'long' }));
    await expect.poll(() => count.innerText()).toMatch(/^\d{2} in view$/);
    await nearer.getByRole('grid', { name: 'Sources' }).press('Escape');
  });

  it('that cannot be read says so in its table', async () => {
    const { page } = await shared.look(view({ ra: 10, dec: 5, width: 10 }));
    await page.route('**/sources/long/description', (route) =>
      route.fulfill({ status: 503, contentType: 'application/json', body: JSON.stringify({ type: 'MapUnreadable', detail: 'The file is broken.' }) }),
    );
    await page.reload();
    await drawn(page);
    await page.keyboard.press('t');
    await page.getByRole('region', { name: 'Sources' }).getByRole('alert').getByText('The file is broken.').waitFor({ timeout: 20_000 });
    await page.unrouteAll();
  });
});
