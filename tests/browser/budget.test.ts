/** What the viewer costs. Only what does not depend on how busy the machine is can fail; the rest is reported. */

import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawn, hasChromium, newPage, open, useStage } from './browser';

/** Kilobytes of compressed JavaScript before the first picture. */
const MOST_SCRIPT_KB = 450;
/** Pans before a page has as many tiles as it ever keeps, and those after that. */
const WARMING_PANS = 24;
const PANS = 60;
/** Small, as it is drawn by the processor, but with room to drag. */
const WINDOW = { width: 480, height: 360 };
const MIDDLE = WINDOW.height / 2;
/** Megabytes that those add, at most: a tenth of what a page has, which differs by that much from one collection to the next. */
const MOST_GROWTH_MB = 8;

const stage = useStage();
const report = (sentence: string) => process.stdout.write(`budget: ${sentence}\n`);

describe.runIf(hasChromium)('the viewer', () => {
  it('needs little JavaScript for the first picture, which comes soon', async () => {
    const page = await newPage(stage.browser);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.addInitScript(watchPicture);
    await page.goto(`${stage.address}/`);
    await drawn(page);
    const soon = await page.evaluate(() => performance.getEntriesByName('first picture')[0]!.startTime);
    report(`first picture ${Math.round(soon)} ms after the page was asked for (aim: 1000 ms on an idle machine)`);
    const page_ = await (await fetch(`${stage.address}/`)).text();
    const scripts = [...page_.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => `${stage.address}/${path}`);
    expect(scripts.length).toBeGreaterThan(0);
    expect(requests).toEqual(expect.arrayContaining(scripts));
    const sizes = await Promise.all(scripts.map(async (url) => gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length));
    const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
    report(`initial JavaScript ${Math.round(kilobytes)} kB compressed (limit: ${MOST_SCRIPT_KB} kB)`);
    expect(kilobytes).toBeLessThan(MOST_SCRIPT_KB);
  });

  it('does not grow while panning, and seldom holds up the page', { timeout: 400_000 }, async () => {
    const { page } = await open(stage.browser, `${stage.address}/#layer=demo-f150-i&ra=180&dec=0&width=120`, WINDOW);
    await pan(page, WARMING_PANS);
    const before = await memoryOf(page);
    await page.evaluate(watchTasks);
    await pan(page, PANS);
    const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
    const after = await memoryOf(page);
    report(`${tasks.length} tasks over 50 ms in ${PANS} pans, the longest ${Math.round(Math.max(0, ...tasks))} ms (aim: none)`);
    report(`memory ${Math.round(before)} MB before ${PANS} pans, ${Math.round(after)} MB after (limit: ${MOST_GROWTH_MB} MB more)`);
    expect(after - before).toBeLessThan(MOST_GROWTH_MB);
  });
});

/** Drag the sky by most of a window, again and again round all of it, each time until every tile is drawn. */
async function pan(page: Page, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await page.mouse.move(60, MIDDLE);
    await page.mouse.down();
    await page.mouse.move(240, MIDDLE, { steps: 3 });
    await page.mouse.move(420, MIDDLE, { steps: 3 });
    await page.mouse.up();
    await drawn(page);
  }
}

/** Notes when all tiles in the window were on the screen for the first time. */
function watchPicture(): void {
  const watch = new MutationObserver(() => {
    if (!document.querySelector('[role=application][aria-busy=false]')) return;
    watch.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('first picture')));
  });
  watch.observe(document, { subtree: true, childList: true, attributes: true });
}

function watchTasks(): void {
  const longTasks: number[] = [];
  Object.assign(window, { longTasks });
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] });
}

/** Megabytes that the page holds once its rubbish is collected: objects, and the arrays of its tiles. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize, ...rest } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  const arrays = 'backingStorageSize' in rest ? Number(rest.backingStorageSize) : 0;
  return (usedSize + arrays) / 1e6;
}
