/** What is drawn is where it should be and what it should be, judged by the pixels of the window. */

import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import {
  askedOf,
  BACKGROUND,
  CENTRE,
  drawn,
  hasChromium,
  newPage,
  open,
  Picture,
  picture,
  SharedPage,
  startPlainBrowser,
  useStage,
  WINDOW,
} from './browser';

const stage = useStage();
const shared = new SharedPage(stage);

/** The address of a view with nothing over the sky, in shades of grey. */
function view(words: Record<string, string | number>): string {
  const link = { layer: 'demo-f150-i', cmap: 'gray', vmin: 0, vmax: 6000, lines: 'none', boxes: 0, ...words };
  return `${stage.address}/#${new URLSearchParams(Object.entries(link).map(([name, value]) => [name, String(value)]))}`;
}

/** Places clear of what lies over the sky. */
const EVERYWHERE = [100, 233, 366, 499, 632, 700].flatMap((x) => [180, 250, 320, 390, 460].map((y) => [x, y] as const));

describe.runIf(hasChromium)('the sky', () => {
  // Beacons stand at exact positions, symmetric in the map's pixels: so does their light on the screen.
  test.each([
    ['ra-left', 29, 0.5, 30, 0],
    ['ra-right', 29, 0.5, 30, 0],
    ['ra-left', 181, 11.5, 180, 12],
    ['ra-right', -179, 11.5, 180, 12],
    ['ra-left', 240.5, 35, 240, 35],
    ['ra-right', 300.25, 72.25, 300, 72],
    ['ra-left', 29, 0.5, 30, 0, 'pictures'],
    ['ra-right', 181, 11.5, 180, 12, 'pictures'],
  ])('shows a beacon where it is, %s, from RA %f Dec %f (RA %f Dec %f) %s', async (sky, ra, dec, raDeg, decDeg, draw = 'numbers') => {
    const width = 8;
    const { page } = await shared.look(view({ sky, ra, dec, width, draw }));
    const pixels = WINDOW.width / width;
    const east = ((raDeg - ra + 540) % 360) - 180;
    const wanted = { x: CENTRE.x + (sky === 'ra-left' ? -east : east) * pixels, y: CENTRE.y - (decDeg - dec) * pixels };
    const found = (await picture(page)).brightMiddle(wanted, 60, 60);
    expect(found.count).toBeGreaterThan(100);
    expect(Math.abs(found.x - wanted.x)).toBeLessThan(1);
    expect(Math.abs(found.y - wanted.y)).toBeLessThan(1);
  });

  test.each(['ra-left', 'ra-right'])('rings a source where it is, %s', async (sky) => {
    // Beacon D, on RA 180, a degree or 100 pixels to one side of the middle.
    const { page } = await shared.look(view({ sky, ra: 179, dec: 12, width: 8, sources: 'demo-sources', vmax: 1e6 }));
    const x = CENTRE.x + (sky === 'ra-left' ? -100 : 100);
    const isRinged = async () => {
      const shot = await picture(page);
      const [red, green, blue] = shot.at(x - 1, CENTRE.y - 7);
      return green > red + 40 && green > blue + 40 && shot.at(x, CENTRE.y)[1] < 60;
    };
    await expect.poll(isRinged, { timeout: 20_000 }).toBe(true);
  });

  it('is transparent where a map has no data', async () => {
    const { page } = await shared.look(view({ layer: 'demo-deep-i', ra: 30, dec: 0, width: 24, vmin: -1e6, vmax: 1e6 }));
    const shot = await picture(page);
    const scale = WINDOW.width / 24;
    // Inside the ellipse, in the corner of the map outside it, and off the map.
    expect(shot.at(CENTRE.x, CENTRE.y)[1]).toBeGreaterThan(100);
    expect(shot.at(CENTRE.x + 9.6 * scale, CENTRE.y + 7 * scale)).toEqual(BACKGROUND);
    expect(shot.at(CENTRE.x + 11 * scale, CENTRE.y)).toEqual(BACKGROUND);
  });

  it('shows nothing of what was seen before', async () => {
    const empty = view({ ra: 150, dec: -40, width: 4, boxes: 1 });
    const { page } = await open(stage.browser, empty);
    const alone = await picture(page);
    // A browser that forgets to clear a canvas does so now and then.
    for (let turn = 0; turn < 6; turn++) {
      for (const link of [view({ ra: 180, dec: 0, width: 200 + turn, boxes: 1 }), empty]) {
        await page.evaluate((hash) => location.assign(hash), new URL(link).hash);
        await page.waitForTimeout(100);
        await drawn(page);
      }
      expect((await picture(page)).differenceFrom(alone)).toBeLessThan(0.05);
    }
  });

  it('shows pixels as squares when it is magnified', async () => {
    // A map pixel of 0.25 degrees is 100 pixels of the screen.
    const { page } = await shared.look(view({ ra: 100.125, dec: 20.125, width: 2, vmin: -300, vmax: 300 }));
    const shot = await picture(page);
    const square = [-45, 0, 45].flatMap((dx) => [-45, 0, 45].map((dy) => shot.at(CENTRE.x + dx, CENTRE.y + dy)));
    expect(new Set(square.map(String)).size).toBe(1);
    const next = [-100, 100].map((dx) => shot.at(CENTRE.x + dx, CENTRE.y));
    expect(next.some((colour) => String(colour) !== String(square[0]))).toBe(true);
  });

  it('goes round for ever, both ways, without a gap, from pole to pole', async () => {
    const { page } = await shared.look(view({ ra: 180, dec: 20, width: 360, cmap: 'viridis', vmin: -300, vmax: 300 }));
    // The whole sky is twice as wide as it is high: 400 of 600 pixels.
    const rows = [-89.5, -45, 0, 45, 89.5].map((dec) => CENTRE.y - ((dec - 20) * WINDOW.width) / 360);
    for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowRight'] as const) {
      for (let i = 0; i < 6; i++) await page.keyboard.press(key);
      await page.waitForTimeout(300);
      await drawn(page);
      const shot = await picture(page);
      for (const y of rows.filter((row) => row > 60 && row < 480)) {
        for (let x = 4; x < WINDOW.width; x += 8) expect(shot.at(x, y)).not.toEqual(BACKGROUND);
      }
    }
  });

  it('keeps coarse tiles until finer ones come, and is never blank', async () => {
    const { page } = await open(stage.browser, view({ layer: 'demo-deep-i', ra: 30, dec: 0, width: 60, cmap: 'viridis', vmin: -300, vmax: 300 }));
    const late: string[] = [];
    await page.route('**/tile.bin*', async (route) => {
      late.push(route.request().url());
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue().catch(() => undefined);
    });
    for (let i = 0; i < 3; i++) await page.keyboard.press('+');
    await expect.poll(() => late.length, { timeout: 20_000 }).toBeGreaterThan(0);
    while ((await page.getByRole('application').getAttribute('aria-busy')) === 'true') {
      const shot = await picture(page);
      for (const dx of [-60, -25, 10, 45]) for (const dy of [-45, -10, 25]) expect(shot.at(CENTRE.x + dx, CENTRE.y + dy)).not.toEqual(BACKGROUND);
    }
  });

  it('draws the colours that the server draws', async () => {
    const at = { ra: 100.125, dec: 20.125 };
    const { page } = await shared.look(view({ ...at, width: 2, cmap: 'RdBu_r', vmin: -300, vmax: 300 }));
    const ours = (await picture(page)).at(CENTRE.x, CENTRE.y);
    const theirs = (await painted(at, { cmap: 'RdBu_r', vmin: -300, vmax: 300 })).at(0, 0);
    for (const [i, level] of ours.entries()) expect(Math.abs(level - theirs[i]!)).toBeLessThanOrEqual(6);
  });

  it('draws the ranks that the server draws', async () => {
    const at = { ra: 100.125, dec: 20.125 };
    const words = { cmap: 'gray', vmin: -300, vmax: 300, stretch: 'histeq' };
    const ours = await picture((await shared.look(view({ ...at, width: 2, ...words }))).page);
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [-1, 1],
      [2, -1],
    ] as const) {
      const [level] = (await painted({ ra: at.ra - 0.25 * dx, dec: at.dec - 0.25 * dy }, words)).at(0, 0);
      expect(Math.abs(ours.at(CENTRE.x + 100 * dx, CENTRE.y + 100 * dy)[0] - level)).toBeLessThanOrEqual(8);
    }
  });

  it('counts what is in view at a key, without asking the server', async () => {
    const { page, requests } = await open(stage.browser, view({ layer: 'demo-deep-i', ra: 30, dec: 0, width: 4 }));
    await page.keyboard.press('c');
    await page.waitForSelector('section[aria-label=Colour] svg path');
    const outline = () => page.locator('section[aria-label=Colour] svg[role=presentation] path').first().getAttribute('d');
    const whole = await outline();
    requests.length = 0;
    await page.keyboard.press('j');
    await expect.poll(() => page.getByRole('radio', { name: 'In view' }).isChecked(), { timeout: 10_000 }).toBe(true);
    const here = await outline();
    expect(here).not.toBe(whole);
    expect(askedOf(requests)).toEqual([]);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(outline, { timeout: 20_000 }).not.toBe(here);
    await page.keyboard.press('j');
    await expect.poll(outline, { timeout: 10_000 }).toBe(whole);
  });

  it('says what is under the pointer, exactly when it rests', async () => {
    const { page } = await shared.look(view({ ra: 100, dec: 20, width: 4 }));
    await page.mouse.move(CENTRE.x + 10, CENTRE.y - 10);
    const output = page.getByLabel('Value under the pointer');
    await expect.poll(() => output.getAttribute('data-exact'), { timeout: 10_000 }).toBe('true');
    const [raDeg, decDeg] = [100 - 0.05, 20 + 0.05];
    const { value } = (await (await fetch(`${stage.address}/layers/demo-f150-i/value?ra=${raDeg}&dec=${decDeg}`)).json()) as { value: number };
    const shown = Number((await output.innerText()).replace('−', '-').replace(/[^-0-9.e]/g, ''));
    expect(Math.abs(shown - value)).toBeLessThan(1e-4 * Math.abs(value));
    expect(await page.getByLabel('Position').innerText()).toBe('99.950° +20.050°');
  });

  it('is divided between two layers by a swipe', async () => {
    const limits = { ra: 100, dec: 20, width: 20, vmin: -300, vmax: 300 };
    const single = await picture((await shared.look(view(limits))).page);
    const { page } = await shared.look(view({ ...limits, swipe: 'demo-f150-ivar', at: 0.5 }));
    await expect.poll(() => page.getByRole('slider', { name: /Divider/ }).innerText()).toContain('Inverse variance');
    const row = CENTRE.y - 120;
    const isOther = (both: Picture) => [80, 150, 220, 300].some((x) => String(both.at(x, row)) !== String(single.at(x, row)));
    await expect.poll(async () => isOther(await picture(page)), { timeout: 10_000 }).toBe(true);
    const both = await picture(page);
    for (const x of [450, 500, 600, 700]) expect(both.at(x, row)).toEqual(single.at(x, row));
    // A blink undoes the division: what was left of it is everywhere.
    await page.keyboard.down(' ');
    await drawn(page);
    const blink = await picture(page);
    await page.keyboard.up(' ');
    for (const x of [80, 150, 220, 300]) expect(blink.at(x, row)).toEqual(both.at(x, row));
    expect([450, 500, 600, 700].some((x) => String(blink.at(x, row)) !== String(single.at(x, row)))).toBe(true);
  });

  it('shows one layer minus another, pixel by pixel', async () => {
    const limits = { ra: 100, dec: 20, width: 20, cmap: 'RdBu_r', vmin: -60, vmax: 60 };
    const { page } = await shared.look(view({ ...limits, minus: 'demo-f090-i' }));
    await page.getByLabel('Difference', { exact: true }).waitFor();
    await drawn(page);
    const ours = await picture(page);
    const theirs = await picture((await shared.look(view({ ...limits, layer: 'demo-difference' }))).page);
    for (const [x, y] of EVERYWHERE) {
      for (const [i, level] of ours.at(x, y).entries()) expect(Math.abs(level - theirs.at(x, y)[i]!)).toBeLessThanOrEqual(12);
    }
    expect(new Set(EVERYWHERE.map(([x, y]) => String(ours.at(x, y)))).size).toBeGreaterThan(10);
  });

  it.each(['ra-left', 'ra-right'])('takes away the nearest pixel of another grid, and has no data where that has none, %s', async (sky) => {
    // The deep field minus the whole sky, which is the same sky in larger pixels; the middle of one of the small ones.
    const at = { ra: 29.7 + 1 / 120, dec: 0.4 + 1 / 120 };
    const place = { layer: 'demo-deep-i', minus: 'demo-f150-i', sky, ...at, width: 24, cmap: 'RdBu_r', vmin: -1e6, vmax: 1e6 };
    const { page } = await shared.look(view(place));
    await page.getByLabel('Difference', { exact: true }).waitFor();
    await drawn(page);
    const shot = await picture(page);
    expect(shot.at(CENTRE.x, CENTRE.y)[1]).toBeGreaterThan(200);
    expect(shot.at(CENTRE.x + 390, CENTRE.y)).toEqual(BACKGROUND);
    await page.mouse.move(CENTRE.x, CENTRE.y);
    const value = async (layer: string) => {
      const answer = await fetch(`${stage.address}/layers/${layer}/value?ra=${at.ra}&dec=${at.dec}`);
      return ((await answer.json()) as { value: number }).value;
    };
    const wanted = (await value('demo-deep-i')) - (await value('demo-f150-i'));
    const shown = async () => Number((await page.getByLabel('Value under the pointer').innerText()).replace('−', '-').replace(/[^-0-9.e]/g, ''));
    await page.keyboard.press('+');
    for (let i = 0; i < 8; i++) await page.keyboard.press('+', { delay: 60 });
    await expect.poll(shown, { timeout: 20_000 }).toBeCloseTo(wanted, 0);
  });

  it('is shown twice, side by side, and moves in both panes at once', async () => {
    const { page } = await shared.look(view({ ra: 30.5, dec: 0, width: 10, beside: 'demo-f090-i' }));
    await expect.poll(() => page.locator('[role=application][aria-busy=false]').count(), { timeout: 20_000 }).toBe(2);
    // Half a degree or 20 pixels from the middle of its pane: white on the right, in the darkest red of `planck` on the left.
    const seen = async () => {
      await expect.poll(() => page.locator('[role=application][aria-busy=false]').count(), { timeout: 20_000 }).toBe(2);
      await page.waitForTimeout(300);
      const shot = await picture(page);
      const right = shot.brightMiddle({ x: 0.75 * WINDOW.width + 30, y: CENTRE.y + 10 }, 50, 60);
      return { right, left: shot.at(right.x - WINDOW.width / 2, right.y) };
    };
    const before = await seen();
    expect(Math.abs(before.right.x - 0.75 * WINDOW.width - 20)).toBeLessThan(3);
    expect(before.left[1]).toBeLessThan(10);
    await page.mouse.move(150, 420);
    await page.mouse.down();
    await page.mouse.move(170, 440, { steps: 4 });
    await page.waitForTimeout(300);
    await page.mouse.up();
    const after = await seen();
    expect(after.right.x - before.right.x).toBeGreaterThan(10);
    expect(after.right.y - before.right.y).toBeGreaterThan(10);
    expect(after.left[1]).toBeLessThan(10);
  });

  it('goes as far as keys were pressed, however quickly', async () => {
    const { page } = await open(stage.browser, view({ ra: 100, dec: 20, width: 24 }), { reducedMotion: 'no-preference' });
    const widthNow = () => page.evaluate(() => Number(new URLSearchParams(location.hash.slice(1)).get('width')));
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await expect.poll(widthNow, { timeout: 10_000 }).toBeCloseTo(24 / 1.5 ** 4, 3);
    await page.keyboard.press('-');
    await page.keyboard.press('0');
    await expect.poll(widthNow, { timeout: 10_000 }).toBeGreaterThan(200);
  });

  it('says what was tapped', async () => {
    const { page } = await open(stage.browser, view({ ra: 100, dec: 20, width: 24 }), { hasTouch: true });
    await page.touchscreen.tap(CENTRE.x - 100, CENTRE.y);
    await page.locator('output[aria-label="Value under the pointer"][data-exact=true]').waitFor({ timeout: 10_000 });
    expect(await page.getByLabel('Position').innerText()).toBe('103.00° +20.00°');
  });

  it('follows two fingers', async () => {
    const { page } = await open(stage.browser, view({ ra: 100, dec: 20, width: 24 }), { hasTouch: true });
    const touch = await page.context().newCDPSession(page);
    const fingers = (apart: number) => [-1, 1].map((side) => ({ x: CENTRE.x + (side * apart) / 2, y: CENTRE.y, id: side + 1 }));
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(100) });
    for (let apart = 120; apart <= 300; apart += 20) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(apart) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    const word = async (name: string) => Number(await page.evaluate((key) => new URLSearchParams(location.hash.slice(1)).get(key), name));
    // Three times as far apart, less what it took to see that they are two.
    await expect.poll(() => word('width'), { timeout: 10_000 }).toBeLessThan(11);
    expect(await word('width')).toBeGreaterThan(7);
    expect(await word('ra')).toBeCloseTo(100, 0);
    expect(await word('dec')).toBeCloseTo(20, 0);
  });

  it('shows previews while the overview is built, and asks again for them when it is ready', async () => {
    const { page, isReady, tiles } = await openUnfinished();
    await page.getByLabel('Building overview').waitFor();
    expect(await page.getByLabel('Building overview').innerText()).toBe('Building overview 42 %');
    await drawn(page);
    const previews = tiles.length;
    expect(previews).toBeGreaterThan(0);
    isReady.value = true;
    await expect.poll(() => tiles.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2 * previews);
    expect(await page.getByLabel('Building overview').count()).toBe(0);
  });

  it('cancels requests for tiles that are dragged out of the window', async () => {
    const { page } = await open(stage.browser, view({ layer: 'demo-deep-i', ra: 30, dec: 0, width: 8 }));
    const [asked, cancelled]: [string[], string[]] = [[], []];
    // A server that never answers.
    await page.route('**/tile.bin*', (route) => void asked.push(route.request().url()));
    page.on('requestfailed', (request) => cancelled.push(request.url()));
    const drag = async () => {
      await page.mouse.move(700, 300);
      await page.mouse.down();
      await page.mouse.move(60, 300, { steps: 4 });
      await page.mouse.up();
    };
    // A drag to what has not been seen, more of them to where it is out of the window again.
    await drag();
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThan(0);
    for (let i = 0; i < 5; i++) await drag();
    await expect.poll(() => cancelled.filter((url) => asked.includes(url)).length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('is coloured by the server where there is no WebGL, with all that lies over it', async () => {
    const plain = await startPlainBrowser();
    onTestFinished(() => plain.close());
    const { page, requests, complaints } = await open(plain, view({ ra: 29, dec: 0.5, width: 8, sources: 'demo-sources' }));
    await page.waitForLoadState('networkidle');
    const shot = await picture(page);
    const wanted = { x: CENTRE.x - 100, y: CENTRE.y + 50 };
    const found = shot.brightMiddle(wanted, 60, 60);
    expect(Math.abs(found.x - wanted.x)).toBeLessThan(2);
    expect(Math.abs(found.y - wanted.y)).toBeLessThan(2);
    // A green ring about the beacon.
    const ring = Array.from({ length: 9 }, (_, i) => shot.at(wanted.x - 10 + i, wanted.y));
    expect(ring.some(([red, green, blue]) => green > red + 40 && green > blue + 40)).toBe(true);
    expect(requests.some((url) => url.includes('/tile.png'))).toBe(true);
    expect(requests.some((url) => url.includes('/tile.bin'))).toBe(false);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['beside', { cmap: 'RdBu_r', vmin: -200, vmax: 100, cmap2: 'inferno', vmin2: 0, vmax2: 400, stretch2: 'asinh', sources: 'demo-sources' }],
    ['swipe', { cmap: 'RdBu_r', invert: 1, at: 0.3, cmap2: 'gray', abs2: 1, marks: 'a,30,0,60' }],
    ['minus', { sky: 'ra-right' }],
  ])('is the same for whoever follows a link: %s', async (mode, words) => {
    const { page } = await shared.look(view({ ra: 30, dec: 0, width: 14, cmap: '', vmin: '', vmax: '', ...words, [mode]: 'demo-f090-i' }));
    await expect.poll(() => page.url(), { timeout: 20_000 }).toContain(mode === 'minus' ? 'reach=' : 'layer=');
    await page.keyboard.press('+');
    await page.waitForURL(/width=9\.333/);
    const settled = async (shown: Page) => {
      await expect.poll(() => shown.locator('[role=application][aria-busy=true]').count(), { timeout: 20_000 }).toBe(0);
      await shown.waitForLoadState('networkidle');
      await drawn(shown);
      return picture(shown);
    };
    const ours = await settled(page);
    const { page: fresh } = await open(stage.browser, page.url());
    expect((await settled(fresh)).differenceFrom(ours)).toBeLessThan(0.5);
  });
});

/** The map's own pixel of a quarter of a degree, as the server draws it. */
async function painted({ ra, dec }: { ra: number; dec: number }, style: Record<string, string | number>): Promise<Picture> {
  const box = [ra - 0.125, ra + 0.125, dec + 0.125, dec - 0.125].join('/');
  const words = new URLSearchParams(Object.entries(style).map(([name, value]) => [name, String(value)]));
  const answer = await fetch(`${stage.address}/layers/demo-f150-i/submap/${box}/image.png?${words}`);
  return new Picture(Buffer.from(await answer.arrayBuffer()));
}

/** Open a layer whose overview is being built for as long as the test likes. */
async function openUnfinished() {
  const isReady = { value: false };
  const tiles: string[] = [];
  const page = await newPage(stage.browser);
  await page.route('**/layers/demo-f150-i', async (route) => {
    const layer = (await (await route.fetch()).json()) as object;
    await route.fulfill({ json: { ...layer, is_final: isReady.value, progress: isReady.value ? 1 : 0.42 } });
  });
  await page.route('**/tile.bin*', async (route) => {
    tiles.push(route.request().url());
    const answer = await route.fetch();
    const preview = { ...answer.headers(), 'tile-quality': 'preview', 'cache-control': 'no-store' };
    await route.fulfill(isReady.value ? { response: answer } : { response: answer, headers: preview });
  });
  await page.goto(view({ ra: 180, dec: 0, width: 360 }));
  return { page, isReady, tiles };
}
