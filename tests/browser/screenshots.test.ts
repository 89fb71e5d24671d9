/** The pictures of the documentation, taken anew by `npm run screenshots`. */

import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { drawn, hasChromium, startBrowser } from './browser';
import { startServer, type TestServer } from './server';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const isWanted = hasChromium && process.env.SCREENSHOTS === '1';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  if (!isWanted) return;
  mkdirSync(FOLDER, { recursive: true });
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Scene {
  name: string;
  link: string;
  scheme?: 'light' | 'dark';
  size?: { width: number; height: number };
  keys?: string[];
  /** Typed after the keys. */
  words?: string;
  /** A row of the table that is clicked. */
  row?: string;
}

/** Too narrow for the panels to be open. */
const SMALL = { width: 1080, height: 640 };

const SCENES: readonly Scene[] = [
  { name: 'viewer', link: 'layer=demo-f150-i&sources=demo-sources' },
  { name: 'colour', link: 'layer=demo-f150-i&ra=60&dec=-30&width=60&cmap=RdBu_r&stretch=asinh&vmin=-400&vmax=400', scheme: 'light' },
  { name: 'goto', link: 'layer=demo-f150-i&ra=150&dec=-40&width=24', size: SMALL, keys: ['/'], words: 'beacon' },
  { name: 'sources', link: 'layer=demo-f150-i&ra=150&dec=-40&width=24&sources=demo-sources', keys: ['t'], row: 'Beacon C' },
  { name: 'regions', link: 'layer=demo-deep-i&ra=30&dec=0&width=26&marks=a,33,2,60~b,24,28,-4,-1,My box', scheme: 'light', keys: ['e'] },
  { name: 'swipe', link: 'layer=demo-f090-i&ra=30&dec=3&width=30&swipe=demo-deep-i&at=0.5', size: SMALL },
  { name: 'beside', link: 'layer=demo-f090-i&ra=30&dec=3&width=30&swipe=demo-deep-i&at=0.5', size: SMALL, keys: ['2'] },
  { name: 'telephone', link: 'layer=demo-f150-q', size: { width: 390, height: 844 } },
];

describe.runIf(isWanted)('the documentation', () => {
  test.each(SCENES)('shows $name', async ({ name, link, scheme = 'dark', size = { width: 1440, height: 900 }, keys = [], words, row }) => {
    const context = await browser.newContext({ viewport: size, colorScheme: scheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${server.address}/#${link}`);
    await drawn(page);
    for (const key of keys) await page.keyboard.press(key);
    if (words) await page.getByLabel('Position or name').fill(words);
    if (row) await page.getByRole('grid', { name: 'Sources' }).getByText(row).click();
    await settled(page);
    await page.screenshot({ path: `${FOLDER}${name}.jpg`, type: 'jpeg', quality: 82 });
    await context.close();
  });
});

/** Wait for what comes after the tiles: catalogues, statistics, the layer beside. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  await drawn(page);
}
