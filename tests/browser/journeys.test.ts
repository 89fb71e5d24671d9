/** What a person does, from opening the page to sharing what was found. */

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it, test } from 'vitest';
import { CENTRE, drawn, hasChromium, newPage, open, Picture, picture, SharedPage, saved, useStage } from './browser';
import { startProxy } from './proxy';

const stage = useStage();
const shared = new SharedPage(stage);
/** A window in which the page says what it has to say, where it does not matter what it looks like. */
const SMALL = { width: 480, height: 360 };

const linkOf = (page: Page) => page.evaluate(() => new URLSearchParams(location.hash.slice(1)));
const wordOf = (page: Page, name: string) => page.evaluate((word) => new URLSearchParams(location.hash.slice(1)).get(word), name);

async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await page.mouse.up();
}

describe.runIf(hasChromium)('somebody', () => {
  it('saves the figure with its title and colour bar', async () => {
    const { page } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=20&lines=none&boxes=0`);
    const before = await picture(page);
    await page.getByRole('button', { name: 'Share and export' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Save the figure as PNG' }).click()]);
    expect(download.suggestedFilename()).toBe('demo-f150-i.png');
    const figure = new Picture(await readFile(await saved(download)));
    // The title above the sky, which is as it was on the screen; an axis at the left; an axis and a colour bar below.
    const [left, top] = [62, 44];
    for (const [x, y] of [
      [100, 200],
      [400, 300],
      [700, 420],
    ] as const)
      expect(figure.at(left + x, top + y)).toEqual(before.at(x, y));
    expect(figure.at(4, 4)).toEqual([255, 255, 255]);
    const bar = [200, 400, 600].map((x) => String(figure.at(left + x, top + 600 + 64)));
    expect(new Set(bar).size).toBe(3);
    const inked = (x: number, y: number, width: number, height: number) =>
      Array.from({ length: width * height }, (_, i) => figure.at(x + (i % width), y + Math.floor(i / width))).some(([red]) => red < 128);
    // Dec 20 is in the middle; RA 100, too.
    expect(inked(20, top + 294, 40, 12)).toBe(true);
    expect(inked(left + 380, top + 604, 40, 20)).toBe(true);
    expect(inked(left + 340, 10, 120, 24)).toBe(true);
  });

  it('copies a script for what is seen', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-deep-i&ra=30&dec=0&width=4&cmap=viridis`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Share and export' }).click();
    await page.getByRole('menuitem', { name: 'Copy as Python' }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('import matplotlib.pyplot as plt');
    const code = await page.evaluate(() => navigator.clipboard.readText());
    const address = /cut_out\("(.*)"\)/.exec(code)![1]!;
    const answer = await fetch(address);
    expect(answer.status).toBe(200);
    expect((await answer.text()).slice(0, 6)).toBe('SIMPLE');
  });

  it('looks a position up elsewhere with Alt and a click, or a key', async () => {
    const { page, requests } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=20`);
    await page.keyboard.down('Alt');
    await page.mouse.click(CENTRE.x, CENTRE.y);
    await page.keyboard.up('Alt');
    const link = page.getByRole('link', { name: 'SIMBAD' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toMatch(/Coord=(100\.0|99\.99)\d*d\+(20\.0|19\.99)\d*d/);
    await page.keyboard.press('Escape');
    await expect.poll(() => link.count()).toBe(0);
    await page.keyboard.press('y');
    await link.waitFor();
    expect(requests.every((address) => address.startsWith(stage.address) || address.startsWith('blob:'))).toBe(true);
  });

  it('finds a layer by typing part of its name, and goes back and forward', async () => {
    const { page, complaints } = await open(stage.browser, `${stage.address}/`);
    await page.keyboard.press('m');
    await page.getByLabel('Filter layers').fill('variance');
    const found = page.getByRole('treeitem', { name: 'Inverse variance' });
    await expect.poll(() => found.count(), { timeout: 10_000 }).toBeGreaterThan(1);
    expect(await page.locator('mark').first().innerText()).toBe('variance');
    await found.first().click();
    await expect.poll(() => wordOf(page, 'layer')).toBe('demo-f150-ivar');
    await page.getByLabel('Filter layers').press('Escape');
    await page.getByRole('treeitem', { name: 'Q' }).first().waitFor();
    await page.getByRole('tree').press('h');
    await expect.poll(() => wordOf(page, 'layer')).toBe('demo-f150-i');
    await page.keyboard.press('l');
    await expect.poll(() => wordOf(page, 'layer')).toBe('demo-f150-ivar');
    expect(complaints).toEqual([]);
  });

  it('walks the tree with the arrow keys', async () => {
    const { page } = await open(stage.browser, `${stage.address}/`);
    await page.keyboard.press('m');
    await page.getByRole('treeitem', { name: 'Q' }).first().waitFor();
    await page.getByLabel('Filter layers').press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => wordOf(page, 'layer')).toBe('demo-f150-q');
  });

  it('says what of the tree could not be had, below what could', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i`);
    await page.keyboard.press('m');
    const branch = page.getByRole('treeitem', { name: 'Deep field' });
    await branch.waitFor();
    await page.context().setOffline(true);
    await branch.click();
    const trouble = page.getByRole('region', { name: 'Layers' }).getByRole('alert');
    await trouble.waitFor({ timeout: 20_000 });
    await page.context().setOffline(false);
    await trouble.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => trouble.count()).toBe(0);
    expect(await branch.getAttribute('aria-expanded')).toBe('true');
  });

  it('goes to a source by its name, reads its card, and shares exactly that view', async () => {
    const { page } = await open(stage.browser, `${stage.address}/`);
    await page.keyboard.press('/');
    await page.getByLabel('Position or name').fill('beacon c');
    await page.getByRole('option', { name: /Beacon C/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Beacon C' }).waitFor();
    await expect.poll(() => wordOf(page, 'ra'), { timeout: 15_000 }).toBe('150');
    await drawn(page);
    expect(await wordOf(page, 'dec')).toBe('-40');
    for (const key of ['d', 'i', 'g']) await page.keyboard.press(key);
    // The card may have left the pointer on the sky, where the status line tells of it; the fresh page has none.
    await page.mouse.move(CENTRE.x, 590);
    await expect.poll(() => wordOf(page, 'invert')).toBe('1');
    await page.waitForTimeout(500);
    await drawn(page);
    const { page: fresh } = await open(stage.browser, page.url());
    await fresh.waitForTimeout(500);
    await drawn(fresh);
    expect(String(await linkOf(fresh))).toBe(String(await linkOf(page)));
    // All that the list says of it, too, and not only its name.
    await fresh.getByLabel('Source', { exact: true }).getByText('peak_f150_uK').waitFor();
    const difference = async () => (await picture(fresh)).differenceFrom(await picture(page));
    await expect.poll(difference, { timeout: 20_000 }).toBeLessThan(0.5);
  });

  test.each([
    ['83.63 22.01', '83.63', '22.01'],
    ['10:00:00 -30:00:00', '150', '-30'],
    ['l=0 b=0', '266.40', '-28.93'],
  ])('goes to %s, and marks it until something is clicked', async (words, ra, dec) => {
    const { page } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=0&dec=0&width=10`);
    await page.keyboard.press('Control+k');
    await page.getByLabel('Position or name').fill(words);
    await page.keyboard.press('Enter');
    await expect.poll(() => wordOf(page, 'ra'), { timeout: 15_000 }).toMatch(new RegExp(`^${ra}`));
    expect(await wordOf(page, 'dec')).toMatch(new RegExp(`^${dec}`));
    const arm = async () => (await picture(page)).at(CENTRE.x + 12, CENTRE.y);
    await drawn(page);
    await expect.poll(arm).toEqual([253, 224, 71]);
    await page.mouse.click(CENTRE.x, CENTRE.y + 100);
    await expect.poll(arm).not.toEqual([253, 224, 71]);
  });

  it('has a name looked up elsewhere, only when asked to, and is told when there is no internet', async () => {
    const { page, requests } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i&ra=0&dec=0&width=10`);
    let isOffline = true;
    await page.route('https://cds.unistra.fr/**', (route) =>
      isOffline ? route.abort('internetdisconnected') : route.fulfill({ body: '%C.0 SNR\n%J 83.6324 +22.0174 = …\n%I.0 NAME Crab\n' }),
    );
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await page.keyboard.press('/');
    await page.getByLabel('Position or name').fill('crab nebula');
    const lookup = page.getByRole('option', { name: /Look up “crab nebula”/ });
    await lookup.waitFor();
    expect(requests.filter((url) => url.includes('cds.unistra.fr'))).toEqual([]);
    await lookup.click();
    await page.getByText('names of objects need the internet').waitFor();
    isOffline = false;
    await page.getByLabel('Position or name').press('Enter');
    await page.getByRole('heading', { name: 'Crab' }).waitFor();
    await expect.poll(() => wordOf(page, 'ra'), { timeout: 15_000 }).toBe('83.6324');
    await drawn(page);
  });

  it('clicks on a source in either orientation', async () => {
    for (const sky of ['ra-left', 'ra-right']) {
      const { page } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=180&dec=12&width=10&sky=${sky}&sources=demo-sources`);
      await page.waitForTimeout(800);
      await page.mouse.click(CENTRE.x + 2, CENTRE.y + 2);
      await page.getByRole('heading', { name: 'Beacon D' }).waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => page.getByRole('heading', { name: 'Beacon D' }).count()).toBe(0);
    }
  });

  it('orders and filters a table of sources, and goes to one of them', async () => {
    const { page, complaints } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i&ra=0&dec=0&width=60`, { width: 1280, height: 800 });
    await page.keyboard.press('t');
    const table = page.getByRole('grid', { name: 'Sources' });
    await table.getByRole('row', { name: /Beacon A/ }).waitFor();
    await page.getByRole('columnheader', { name: 'Dec' }).getByRole('button').click();
    await page.getByRole('columnheader', { name: 'Dec' }).getByRole('button').click();
    expect(await page.getByRole('columnheader', { name: 'Dec' }).getAttribute('aria-sort')).toBe('descending');
    await page.getByLabel('Filter sources').fill('beacon dec<20');
    await expect.poll(() => page.getByLabel('Sources found').innerText()).toBe('3 of 80');
    const rows = await table.locator('tbody tr').allInnerTexts();
    expect(rows.map((row) => row.trim().slice(0, 8))).toEqual(['Beacon D', 'Beacon A', 'Beacon C']);
    await table.focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Beacon C' }).waitFor();
    await expect.poll(() => wordOf(page, 'ra'), { timeout: 15_000 }).toBe('150');
    expect(await wordOf(page, 'sources')).toBe('demo-sources');
    expect(complaints).toEqual([]);
  });

  it('turns the sky round and keeps looking at the same place', async () => {
    const { page } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=203.5&dec=10&width=30`);
    await page.keyboard.press('o');
    await expect.poll(() => wordOf(page, 'sky')).toBe('ra-right');
    await drawn(page);
    expect([await wordOf(page, 'ra'), await wordOf(page, 'dec')]).toEqual(['203.5', '10']);
  });

  it('measures within a circle, and cuts out a box to download', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i&ra=150&dec=-40&width=8&lines=none`);
    const link = `${stage.address}/analysis/aperture/demo-f150-i?ra=150&dec=-40&radius=60`;
    const { mean } = (await (await fetch(link)).json()) as { mean: number };
    await page.keyboard.press('p');
    // A degree of Dec is a hundred pixels.
    await drag(page, CENTRE, { x: CENTRE.x, y: CENTRE.y - 100 });
    const aperture = page.getByRole('article', { name: 'Aperture 1' });
    await aperture.getByText('Mean').waitFor();
    expect(Number(await aperture.getByLabel('Radius in arcminutes').inputValue())).toBeCloseTo(60, 0);
    const shown = Number((await aperture.locator('dd').first().innerText()).replace(/[^-0-9.e]/g, ''));
    expect(Math.abs(shown / mean - 1)).toBeLessThan(0.03);
    await page.keyboard.press('u');
    await drag(page, { x: 120, y: 200 }, { x: 320, y: 400 });
    const box = page.getByRole('article', { name: 'Box Box 1' });
    const fits = await box.getByRole('link', { name: 'FITS' }).getAttribute('href');
    const answer = await fetch(fits!);
    expect((await answer.text()).slice(0, 6)).toBe('SIMPLE');
    for (const format of ['PNG', 'JPG', 'WEBP']) {
      const href = await box.getByRole('link', { name: format }).getAttribute('href');
      expect((await fetch(href!)).headers.get('content-type')).toMatch(/^image/);
    }
    await page.getByRole('button', { name: 'Remove Box 1' }).click();
    expect(await wordOf(page, 'marks')).toMatch(/^a,150,-40,/);
  });

  it('blinks with the layer before while a key is held', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-f150-ivar&ra=100&dec=20&width=20&lines=none&boxes=0`);
    await page.keyboard.press('m');
    await page.getByRole('treeitem', { name: 'Q' }).first().click();
    await expect.poll(() => wordOf(page, 'layer')).toBe('demo-f150-q');
    await page.keyboard.press('m');
    await drawn(page);
    const now = await picture(page);
    await page.keyboard.down(' ');
    await expect.poll(async () => (await picture(page)).differenceFrom(now), { timeout: 10_000 }).toBeGreaterThan(10);
    expect(await page.title()).toBe('f150 · Inverse variance – tilemaker');
    expect(await page.locator('footer').innerText()).toContain('µK⁻²');
    await page.keyboard.up(' ');
    await expect.poll(async () => (await picture(page)).differenceFrom(now), { timeout: 10_000 }).toBeLessThan(1);
    expect(await page.title()).toBe('f150 · Q – tilemaker');
  });

  const numberIn = (text: string) => Number(text.replaceAll('−', '-').replace(/[^-0-9.e]/g, ''));
  const valueAt = async (layer: string, ra: number, dec: number) => {
    const answer = await fetch(`${stage.address}/layers/${layer}/value?ra=${ra}&dec=${dec}`);
    return ((await answer.json()) as { value: number }).value;
  };

  it('has regions and values of both layers side by side, and changes them in either', async () => {
    const words = 'layer=demo-f150-i&ra=30&dec=0&width=8&lines=none&boxes=0&cmap=gray&cmap2=gray&beside=demo-f090-i&marks=a,30,0,60';
    const { page } = await open(stage.browser, `${stage.address}/#${words}`);
    await expect.poll(() => page.locator('[role=application][aria-busy=false]').count(), { timeout: 20_000 }).toBe(2);
    // Half the window is 8 degrees: the circle's radius is 50 pixels. Its edge is coloured in both panes, the sky is not.
    const isEdge = async (x: number, y: number) => {
      const shot = await picture(page);
      const colours = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => shot.at(x + dx, y + dy)));
      return colours.some(([red, , blue]) => Math.abs(red - blue) > 60);
    };
    for (const x of [200, 600]) await expect.poll(() => isEdge(x, 250), { timeout: 10_000 }).toBe(true);
    await drag(page, { x: 250, y: 300 }, { x: 300, y: 300 });
    await expect.poll(() => wordOf(page, 'marks'), { timeout: 10_000 }).toMatch(/^a,30,0,1(19|20|21)/);
    await page.getByRole('article', { name: 'Aperture 1' }).getByText('Mean').nth(1).waitFor();
    await page.keyboard.press('e');
    for (const x of [200, 600]) await expect.poll(() => isEdge(x, 200), { timeout: 10_000 }).toBe(true);
    const [left, right] = [page.getByLabel('Value under the pointer, left'), page.getByLabel('Value under the pointer, right')];
    await page.mouse.move(143, 407);
    await expect.poll(() => right.getAttribute('data-exact'), { timeout: 10_000 }).toBe('true');
    await expect.poll(() => left.getAttribute('data-exact'), { timeout: 10_000 }).toBe('true');
    expect(await left.getAttribute('data-seen')).toBe('true');
    const [ra, dec] = [30 + (199 - 143) / 50, -(407 - 300) / 50];
    expect(numberIn(await left.innerText())).toBeCloseTo(await valueAt('demo-f090-i', ra, dec), 3);
    expect(numberIn(await right.innerText())).toBeCloseTo(await valueAt('demo-f150-i', ra, dec), 3);
  });

  it('sees a difference in colours of its own, and exactly what it is of', async () => {
    const { page } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=8&minus=demo-f090-i`);
    await expect.poll(() => wordOf(page, 'reach'), { timeout: 20_000 }).not.toBeNull();
    // Far less than the limits of either layer, which are 300.
    expect(Number(await wordOf(page, 'reach'))).toBeLessThan(200);
    await page.mouse.move(CENTRE.x + 30, CENTRE.y + 30);
    const terms = page.getByLabel('What the difference is of');
    await terms.waitFor({ timeout: 10_000 });
    const wanted = (await valueAt('demo-f150-i', 99.7, 19.7)) - (await valueAt('demo-f090-i', 99.7, 19.7));
    expect(numberIn(await page.getByLabel('Value under the pointer').innerText())).toBeCloseTo(wanted, 3);
  });

  it('finds every key in the help', async () => {
    const { page } = await open(stage.browser, `${stage.address}/`);
    await page.keyboard.press('?');
    await page.getByText('Turn right ascension round').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByText('Turn right ascension round').count()).toBe(0);
  });
});

describe.runIf(hasChromium)('the page', () => {
  test.each(['/', '/index.html', '/?x=1', '/#x'])('opens at %s', async (path) => {
    const { page, requests, complaints } = await open(stage.browser, stage.address + path, SMALL);
    expect(await wordOf(page, 'layer')).toBe('demo-f150-i');
    expect(complaints).toEqual([]);
    expect(requests.filter((url) => !url.startsWith(stage.address) && !url.startsWith('data:'))).toEqual([]);
  });

  it('opens behind a proxy, under a path, and says so when the server is gone', async () => {
    const proxy = await startProxy(stage.address, '/maps/viewer');
    const { page, requests } = await open(stage.browser, `${proxy.address}/`);
    expect(requests.filter((url) => !url.startsWith(`${proxy.address}/`) && !/^(data|blob):/.test(url))).toEqual([]);
    await page.keyboard.press('m');
    const layer = page.getByRole('treeitem', { name: 'Q' }).first();
    await layer.waitFor();
    proxy.broken = 502;
    await layer.click();
    const alert = page.getByRole('alert').first();
    await alert.waitFor({ timeout: 30_000 });
    expect(await alert.innerText()).toContain('502');
    proxy.broken = undefined;
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => page.getByRole('alert').count(), { timeout: 30_000 }).toBe(0);
    await drawn(page);
    proxy.stop();
  });

  it('comes back by itself when the server does, for tiles as for layers', async () => {
    const proxy = await startProxy(stage.address, '/maps');
    const { page } = await open(stage.browser, `${proxy.address}/#layer=demo-deep-i&ra=30&dec=0&width=2`, SMALL);
    const alerts = () => page.getByRole('alert').allInnerTexts();
    for (const words of ['layer=demo-deep-i&ra=37&dec=5&width=2', 'layer=demo-f150-q&ra=100&dec=5&width=2']) {
      proxy.broken = 503;
      await page.evaluate((hash) => location.assign(hash), `#${words}`);
      await expect.poll(alerts, { timeout: 20_000 }).toContainEqual(expect.stringContaining('busy'));
      proxy.broken = undefined;
      await expect.poll(alerts, { timeout: 20_000 }).toEqual([]);
      await drawn(page);
    }
    proxy.stop();
  });

  // As jupyter-server-proxy and code-server do it.
  it('needs nothing but its own path, and no other host', async () => {
    const proxy = await startProxy(stage.address, '/user/x/proxy/8000');
    const { requests, complaints } = await open(
      stage.browser,
      `${proxy.address}/?token=abc#layer=demo-f150-i&ra=30&dec=0&width=20&sources=demo-sources`,
      SMALL,
    );
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.filter((url) => !url.startsWith(`${proxy.address}/`) && !/^(data|blob):/.test(url))).toEqual([]);
    expect(complaints).toEqual([]);
    proxy.stop();
  });

  it('asks the API where the page says it is', async () => {
    const proxy = await startProxy(stage.address, '/elsewhere');
    const page = await newPage(stage.browser, SMALL);
    const named = '<head><meta name="tilemaker-api" content="./api" />';
    await page.route(`${proxy.address}/api/**`, (route) => route.continue({ url: route.request().url().replace('/elsewhere/api/', '/elsewhere/') }));
    await page.route(`${proxy.address}/`, async (route) => {
      const html = await (await route.fetch()).text();
      await route.fulfill({ contentType: 'text/html', body: html.replace('<head>', named) });
    });
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`${proxy.address}/`);
    await drawn(page);
    const ours = requests.filter((url) => url.startsWith(`${proxy.address}/`)).map((url) => url.slice(proxy.address.length + 1));
    expect(ours.filter((path) => !/^((assets|api)\/.*)?$/.test(path))).toEqual([]);
    expect(requests.some((url) => url.startsWith(`${proxy.address}/api/layers/demo-f150-i/`))).toBe(true);
    proxy.stop();
  });

  it('says in a sentence that a layer is not there', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=no-such-layer`, { wait: false, ...SMALL });
    await page.getByRole('alert').waitFor({ timeout: 20_000 });
    expect(await page.getByRole('alert').innerText()).toMatch(/layer/i);
  });

  it('says why a layer cannot be shown, and shows it when it can', async () => {
    const page = await newPage(stage.browser);
    let isBroken = true;
    await page.route('**/layers/demo-f150-i', async (route) => {
      const answer = await route.fetch();
      const layer = (await answer.json()) as object;
      const broken = { ...layer, available: false, reason: 'The file is not there.', grid: null, encoding: null, version: null };
      await route.fulfill({ json: isBroken ? broken : layer });
    });
    await page.goto(`${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=20`);
    await page.getByRole('alert').waitFor({ timeout: 20_000 });
    expect(await page.getByRole('alert').innerText()).toContain('I cannot be shown: The file is not there.');
    isBroken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await drawn(page);
  });

  it('offers a login where there is one, and only there', async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=20`);
    expect(await page.getByRole('button', { name: 'Log in' }).count()).toBe(0);
    let name: string | null = null;
    await page.route('**/login-state', (route) =>
      route.fulfill({
        json: { can_log_in: true, logged_in: name !== null, name, expires_at: null, login_url: 'login', logout_url: 'logout' },
      }),
    );
    const visited: string[] = [];
    await page.route(/\/log(in|out)(\?.*)?$/, (route) => {
      visited.push(decodeURIComponent(new URL(route.request().url()).search));
      return route.fulfill({ contentType: 'text/html', body: 'elsewhere' });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('elsewhere').waitFor();
    expect(visited[0]).toMatch(/^\?next=#layer=demo-f150-i&ra=100&dec=20/);
    name = 'Vera Rubin';
    await page.goBack();
    await page.getByRole('button', { name: 'Logged in as Vera Rubin' }).click();
    expect(await page.getByRole('menuitem', { name: 'Log out' }).getAttribute('href')).toBe(`${stage.address}/logout`);
  });

  it('fits a telephone', async () => {
    const { page } = await open(stage.browser, `${stage.address}/`, { width: 360, height: 640 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.getByRole('button', { name: 'Colour', exact: true }).click();
    await page.getByLabel('Colour map').first().waitFor();
    await page.getByRole('button', { name: 'More tools' }).waitFor();
  });
});
