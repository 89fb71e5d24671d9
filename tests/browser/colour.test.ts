/** The colour panel: whatever is done there shows at once, and asks the server for nothing. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { closePages, drawn, hasChromium, open, picture, startBrowser } from './browser';
import { startServer, type TestServer } from './server';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (hasChromium) [server, browser] = await Promise.all([startServer(), startBrowser()]);
});
afterEach(async () => {
  if (browser) await closePages(browser);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const LIMITS = '&vmin=-300&vmax=300';

/** The colour panel of a layer in µK, with everything loaded that the page loads by itself. */
async function opened(words = LIMITS): Promise<{ page: Page; requests: string[] }> {
  const { page, requests } = await open(browser, `${server.address}/#layer=demo-f150-i&ra=100&dec=20&width=30${words}`, { height: 700 });
  await page.keyboard.press('c');
  await page.locator('section[aria-label=Colour] svg path').first().waitFor();
  await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/Help-')));
  await page.waitForLoadState('networkidle');
  requests.length = 0;
  return { page, requests };
}

async function limitsOf(page: Page): Promise<[number, number]> {
  const values = ['Lower limit', 'Upper limit'].map((name) => page.getByRole('slider', { name }).getAttribute('aria-valuenow'));
  const [low, high] = (await Promise.all(values)).map(Number);
  return [low!, high!];
}

async function type(page: Page, name: string, words: string): Promise<void> {
  await page.getByRole('textbox', { name }).fill(words);
  await page.getByRole('textbox', { name }).press('Enter');
}

/** Drag over the histogram, from one value to another. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const handle = page.getByRole('slider', { name: 'Lower limit' });
  const [low, high] = (await Promise.all(['aria-valuemin', 'aria-valuemax'].map((name) => handle.getAttribute(name)))).map(Number);
  const { x, y, width } = (await page.locator('section[aria-label=Colour] svg[role=presentation]').boundingBox())!;
  const place = (value: number) => x + (width * (value - low!)) / (high! - low!);
  await page.mouse.move(place(from), y + 30);
  await page.mouse.down();
  await page.mouse.move(place((from + to) / 2), y + 32);
  await page.mouse.move(place(to), y + 30);
  await page.mouse.up();
}

describe.runIf(hasChromium)('the colour panel', () => {
  it('has limits dragged one by one and together, and zooms', async () => {
    const { page, requests } = await opened();
    const before = await picture(page);
    await drag(page, -300, -400);
    expect((await limitsOf(page))[0]).toBeCloseTo(-400, -1);
    await drag(page, 300, 100);
    expect((await limitsOf(page))[1]).toBeCloseTo(100, -1);
    await drag(page, -150, -100);
    const [low, high] = await limitsOf(page);
    expect(low).toBeCloseTo(-350, -1);
    expect(high).toBeCloseTo(150, -1);
    const span = async () => Number(await page.getByRole('slider', { name: 'Lower limit' }).getAttribute('aria-valuemax'));
    const near = await span();
    await page.mouse.wheel(0, 300);
    await expect.poll(span).toBeGreaterThan(near);
    await drawn(page);
    expect((await picture(page)).differenceFrom(before)).toBeGreaterThan(2);
    expect(requests).toEqual([]);
  });

  it('takes typed limits of any size, with a unit or without', async () => {
    const { page, requests } = await opened();
    await type(page, 'Upper limit', '0.25 mK');
    expect(await limitsOf(page)).toEqual([-300, 250]);
    await type(page, 'Lower limit', '−1e-6');
    await type(page, 'Upper limit', '1e-6');
    expect(await limitsOf(page)).toEqual([-1e-6, 1e-6]);
    // And they can still be taken hold of.
    await drag(page, 1e-6, 1.4e-6);
    expect((await limitsOf(page))[1]).toBeCloseTo(1.4e-6, 7);
    await type(page, 'Upper limit', '3 Jy');
    expect((await limitsOf(page))[1]).toBeCloseTo(1.4e-6, 7);
    expect(requests).toEqual([]);
  });

  it('asks the server for nothing, whatever is chosen', async () => {
    const { page, requests } = await opened();
    const panel = page.getByRole('region', { name: 'Colour' });
    for (const name of ['1–99 %', '5–95 %', 'Whole range', 'Symmetric', '±3 σ', 'Recommended']) {
      await panel.getByRole('button', { name, exact: true }).click();
      await expect.poll(() => panel.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('true');
    }
    for (const name of ['Log', 'Symlog', 'Asinh', '√', 'x²', 'Hist-eq', 'Linear']) await panel.getByText(name, { exact: true }).click();
    for (const name of ['Absolute', 'Invert']) await panel.getByLabel(name).check();
    const before = await picture(page);
    for (const name of ['viridis', 'gist_earth_r']) {
      await panel.getByRole('combobox', { name: 'Colour map' }).fill(name);
      await page.getByRole('option', { name, exact: true }).click();
    }
    await drawn(page);
    expect((await picture(page)).differenceFrom(before)).toBeGreaterThan(5);
    await panel.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => panel.getByRole('combobox', { name: 'Colour map' }).inputValue()).toBe('planck');
    for (const key of ['a', 'd', 'w', 's', 'i', 'x', 'j', 'r']) await page.keyboard.press(key);
    await page.waitForTimeout(300);
    expect(requests).toEqual([]);
  });
});
