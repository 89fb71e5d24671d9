/** Chromium with the viewer in it, and ways to look at what it draws. */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type Browser, type BrowserContextOptions, type BrowserServer, chromium, type Download, type Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, inject, onTestFinished } from 'vitest';
import { startServer, type TestServer } from './server';

const PROGRAMS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** What Chromium makes for each new window of its own, and Playwright does not show: two pages of four hundred scripts. */
const UNSEEN = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup'];
/** What Playwright switches off itself: of two such lists the last counts. */
const UNWANTED = [
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
];
/** As Chromium is where there is no graphics card: WebGL drawn by the processor, the page without it; and no talk with anybody. */
const FLAGS = [
  '--no-sandbox',
  '--use-gl=angle',
  '--use-angle=swiftshader-webgl',
  `--disable-features=${[...UNSEEN, ...UNWANTED].join(',')}`,
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

/** A browser that several files of tests can share. */
export function launchBrowser(): Promise<BrowserServer> {
  return chromium.launchServer({ executablePath: installed!, args: FLAGS });
}

/** A browser on a machine that has no WebGL. */
export function startPlainBrowser(): Promise<Browser> {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-3d-apis', '--disable-background-networking', '--no-first-run'];
  return chromium.launch({ executablePath: installed!, args: flags });
}

/** A window small enough that the panels are closed to begin with, and quick to draw. */
export const WINDOW = { width: 800, height: 600 };

/** What is seen where a map has no data, in the dark. */
export const BACKGROUND = [10, 13, 19];

/** The part of it that nothing lies over. */
export const CENTRE = { x: WINDOW.width / 2, y: WINDOW.height / 2 };

/** What the tests of a file look at, and with what. */
export interface Stage {
  /** Where the server answers, without a slash at the end. */
  address: string;
  browser: Browser;
}

/** Give the tests of a file their stage: the browser that all share, and the synthetic sky or what another command serves. */
export function useStage(command?: readonly string[], isWanted = hasChromium): Stage {
  const stage = {} as Stage;
  let server: TestServer | undefined;
  beforeAll(async () => {
    if (!isWanted) return;
    [server, stage.browser] = await Promise.all([command && startServer(command), chromium.connect(inject('chromium'))]);
    stage.address = server?.address ?? inject('demo');
  });
  afterAll(async () => {
    await stage.browser?.close();
    await server?.stop();
  });
  return stage;
}

export interface Opened {
  page: Page;
  /** Addresses of all requests so far. */
  requests: string[];
  /** Complaints of the page so far. */
  complaints: string[];
}

export interface Look extends BrowserContextOptions {
  width?: number;
  height?: number;
}

/** A page that nothing was loaded into. */
async function blank(browser: Browser, { width = WINDOW.width, height = WINDOW.height, ...options }: Look): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'dark', reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  const [requests, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  return { page, requests, complaints };
}

/** A page of its own for the test that asks, with nothing in it yet. */
export async function newPage(browser: Browser, look: Look = {}): Promise<Page> {
  return (await forThisTest(blank(browser, look))).page;
}

/** Open an address in a page of its own for the test that asks, and wait until the sky is drawn. */
export async function open(browser: Browser, address: string, { wait = true, ...look }: Look & { wait?: boolean } = {}): Promise<Opened> {
  const opened = await forThisTest(blank(browser, look));
  await opened.page.goto(address);
  if (wait) await drawn(opened.page);
  return opened;
}

async function forThisTest(opening: Promise<Opened>): Promise<Opened> {
  const opened = await opening;
  onTestFinished(async () => {
    await opened.page.unrouteAll({ behavior: 'ignoreErrors' });
    await opened.page.context().close();
  });
  return opened;
}

/**
 * One page that several tests of a file look through, each by a link: loading it anew takes longer than what most of them do.
 * Whoever opens a panel in it closes it again.
 */
export class SharedPage {
  readonly #stage: Stage;
  readonly #look: Look;
  #opened: Opened | undefined;

  constructor(stage: Stage, look: Look = {}) {
    this.#stage = stage;
    this.#look = look;
  }

  /** Follow a link, and wait until the sky is drawn. What was asked for and complained of before is forgotten. */
  async look(address: string): Promise<Opened> {
    const opened = await this.#follow(address);
    await drawn(opened.page);
    return opened;
  }

  async #follow(address: string): Promise<Opened> {
    if (this.#opened) {
      const { page, requests, complaints } = this.#opened;
      [requests.length, complaints.length] = [0, 0];
      await page.evaluate(follow, new URL(address).hash);
      await frames(page);
      return this.#opened;
    }
    this.#opened = await blank(this.#stage.browser, this.#look);
    await this.#opened.page.goto(address);
    return this.#opened;
  }
}

/** Runs in the page: what is typed next is meant for no field, and for the view of another link. */
function follow(hash: string): void {
  (document.activeElement as HTMLElement | null)?.blur();
  location.assign(hash);
}

/** Save what was downloaded, and return where; the folder goes with the test. */
export async function saved(download: Download): Promise<string> {
  const folder = mkdtempSync(`${tmpdir()}/tilemaker-`);
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = `${folder}/${download.suggestedFilename()}`;
  await download.saveAs(path);
  return path;
}

/** What was asked of the API: parts of the page itself may come at any time. */
export function askedOf(requests: readonly string[]): string[] {
  return requests.filter((url) => !url.includes('/assets/') && !url.startsWith('data:'));
}

/** Wait until every tile in the window is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForSelector('[role=application][aria-busy=false]', { timeout: 60_000, state: 'attached' });
  await frames(page);
}

/** Wait until what was drawn is also shown. */
export async function frames(page: Page): Promise<void> {
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
