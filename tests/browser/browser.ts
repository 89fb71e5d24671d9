/** Chromium with the viewer in it, and ways to look at what it draws. */

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PNG } from 'pngjs';

const PROGRAMS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** WebGL drawn by the processor, and no talk with anybody. */
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const installed = PROGRAMS.find((path) => path && existsSync(path));

/** False where there is no Chromium: the tests are skipped then, and say so. */
export const hasChromium = installed !== undefined;
if (!hasChromium) process.stderr.write('Tests in the browser are skipped: there is no Chromium (set CHROMIUM to its path).\n');

export function startBrowser(flags: readonly string[] = FLAGS): Promise<Browser> {
  return chromium.launch({ executablePath: installed!, args: [...flags] });
}

/** A browser on a machine that has no WebGL. */
export const WITHOUT_GRAPHICS = ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-background-networking', '--no-first-run'];

/** A window small enough that the panels are closed to begin with, and quick to draw. */
export const WINDOW = { width: 800, height: 600 };

/** What is seen where a map has no data, in the dark. */
export const BACKGROUND = [10, 13, 19];

/** The part of it that nothing lies over. */
export const CENTRE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };

export interface Opened {
  page: Page;
  /** Addresses of all requests so far. */
  requests: string[];
  /** Complaints of the page so far. */
  complaints: string[];
}

/** Open an address and wait until the sky is drawn. */
export async function open(browser: Browser, address: string, options: { width?: number; height?: number; wait?: boolean } = {}): Promise<Opened> {
  const { wait = true, ...size } = options;
  const context = await browser.newContext({ viewport: { ...WINDOW, ...size }, colorScheme: 'dark', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const [requests, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(address);
  if (wait) await drawn(page);
  return { page, requests, complaints };
}

/** Close all pages, with whatever they are still asking for. */
export async function closePages(browser: Browser): Promise<void> {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    await context.close();
  }
}

/** Wait until every tile in the window is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForSelector('[role=application][aria-busy=false]', { timeout: 60_000, state: 'attached' });
  // What was drawn must also be shown.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
}

export type Colour = readonly [red: number, green: number, blue: number];

/** A picture of the window. */
export class Picture {
  readonly #png: PNG;

  constructor(bytes: Buffer) {
    this.#png = PNG.sync.read(bytes);
  }

  at(x: number, y: number): Colour {
    const i = 4 * (Math.round(y) * this.#png.width + Math.round(x));
    const [red, green, blue] = this.#png.data.subarray(i, i + 3);
    return [red!, green!, blue!];
  }

  /** The middle of what is brighter than a level, in a square about a place; the first pixel reaches from 0 to 1. */
  brightMiddle(about: { x: number; y: number }, reach: number, level: number): { x: number; y: number; count: number } {
    const sum = { x: 0, y: 0, weight: 0, count: 0 };
    for (let y = Math.round(about.y - reach); y < about.y + reach; y++) {
      for (let x = Math.round(about.x - reach); x < about.x + reach; x++) {
        const weight = Math.max(0, this.at(x, y)[1] - level);
        sum.x += weight * (x + 0.5);
        sum.y += weight * (y + 0.5);
        sum.weight += weight;
        sum.count += Math.sign(weight);
      }
    }
    return { x: sum.x / sum.weight, y: sum.y / sum.weight, count: sum.count };
  }

  /** How different two pictures are: the mean of all differences of colour, 0 to 255. */
  differenceFrom(other: Picture): number {
    const [ours, theirs] = [this.#png.data, other.#png.data];
    return ours.reduce((sum, level, i) => sum + Math.abs(level - theirs[i]!), 0) / ours.length;
  }
}

/** A picture of the window, or of a part of it. */
export async function picture(page: Page, clip?: { x: number; y: number; width: number; height: number }): Promise<Picture> {
  return new Picture(await page.screenshot(clip ? { clip } : {}));
}
