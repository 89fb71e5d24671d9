/** The pictures of the documentation, taken anew by `npm run screenshots`: those that look the same stay as they are. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { drawn, hasChromium, newPage, open, useStage } from './browser';

const FOLDER = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const isWanted = hasChromium && process.env.SCREENSHOTS === '1';

/** As many bytes as a picture may have. */
const MOST_BYTES = 150_000;
/** Mean difference of levels, of 255, below which two pictures look the same. */
const SAME = 1;

const stage = useStage();

interface Scene {
  name: string;
  link: string;
  scheme?: 'light' | 'dark';
  size?: { width: number; height: number };
  keys?: string[];
  /** What is done after that. */
  act?(page: Page): Promise<void>;
}

/** Room for all panels. */
const LARGE = { width: 1280, height: 800 };
/** Too narrow for the panels to be open. */
const SMALL = { width: 1040, height: 600 };

const FIELD = 'layer=demo-deep-i&ra=30&dec=0&width=24';

const SCENES: readonly Scene[] = [
  { name: 'viewer', link: `${FIELD}&sources=demo-sources`, keys: ['k'] },
  {
    name: 'layers',
    link: 'layer=demo-f150-ivar',
    size: { width: 1120, height: 620 },
    scheme: 'light',
    act: (page) => page.getByLabel('Filter layers').fill('f150 inverse'),
  },
  { name: 'colour', link: `${FIELD}&cmap=RdBu_r&stretch=asinh&vmin=-400&vmax=400`, scheme: 'light' },
  {
    name: 'goto',
    link: 'layer=demo-deep-i&ra=30&dec=0&width=12',
    size: SMALL,
    keys: ['/'],
    act: (page) => page.getByLabel('Position or name').fill('beacon'),
  },
  {
    name: 'sources',
    link: 'layer=demo-deep-i&ra=30&dec=0&width=8&sources=demo-sources',
    keys: ['t'],
    act: async (page) => {
      await page.getByRole('columnheader', { name: 'peak_f150_uK' }).getByRole('button').click({ clickCount: 2, delay: 50 });
      await page.getByRole('grid', { name: 'Sources' }).getByText('Beacon A').click();
    },
  },
  { name: 'regions', link: `${FIELD}&marks=a,33,2,60~b,24,28,-4,-1,My box`, scheme: 'light', keys: ['c', 'e'] },
  { name: 'swipe', link: 'layer=demo-f090-i&ra=30&dec=2&width=18&swipe=demo-deep-i&at=0.5', size: SMALL },
  { name: 'beside', link: 'layer=demo-f090-i&ra=30&dec=2&width=18&beside=demo-deep-i', size: SMALL },
  { name: 'telephone', link: 'layer=demo-f150-i&ra=210&dec=-30&width=50', size: { width: 390, height: 844 }, keys: ['c'] },
];

describe.runIf(isWanted)('the documentation', () => {
  test.each(SCENES)('shows $name', async ({ name, link, scheme = 'dark', size = LARGE, keys = [], act }) => {
    const { page } = await open(stage.browser, `${stage.address}/#${link}`, { ...size, colorScheme: scheme, hasTouch: size.width < 700 });
    await page.evaluate(() => document.fonts.ready);
    for (const key of keys) await page.keyboard.press(key);
    await act?.(page);
    await settled(page);
    const shot = await page.screenshot();
    const path = `${FOLDER}${name}.webp`;
    const picture = await packed(shot, existsSync(path) ? readFileSync(path) : undefined);
    if (picture) writeFileSync(path, picture);
    expect(readFileSync(path).length).toBeLessThan(MOST_BYTES);
  });
});

/** Wait for what comes after the tiles: catalogues, statistics, the layer beside, a flight. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(1500);
  await drawn(page);
}

/** A picture as WebP, in as good a quality as there is room for. Undefined when one that is there already looks the same. */
async function packed(png: Buffer, before: Buffer | undefined): Promise<Buffer | undefined> {
  const page = await newPage(stage.browser);
  const [now, then] = [png, before].map((bytes) => bytes?.toString('base64'));
  const url = await page.evaluate(pack, { now: now!, then, most: MOST_BYTES, same: SAME });
  return url === undefined ? undefined : Buffer.from(url.split(',')[1]!, 'base64');
}

/** Runs in the page, which has the codecs. */
async function pack({ now, then, most, same }: { now: string; then: string | undefined; most: number; same: number }) {
  const canvasOf = async (address: string) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d')!.drawImage(image, 0, 0);
    return canvas;
  };
  const levels = (canvas: HTMLCanvasElement) => canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data;
  const canvas = await canvasOf(`data:image/png;base64,${now}`);
  const urls = [0.86, 0.8, 0.7, 0.6, 0.5, 0.4].map((quality) => canvas.toDataURL('image/webp', quality));
  const url = urls.find(({ length }) => 0.75 * length < most) ?? urls.at(-1)!;
  if (then === undefined) return url;
  const [ours, theirs] = [levels(await canvasOf(url)), levels(await canvasOf(`data:image/webp;base64,${then}`))];
  const difference = ours.reduce((sum, level, i) => sum + Math.abs(level - (theirs[i] ?? 255)), 0) / ours.length;
  return ours.length === theirs.length && difference < same ? undefined : url;
}
