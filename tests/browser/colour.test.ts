/** The colour panel: whatever is done there shows at once, and asks the server for nothing. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { askedOf, drawn, frames, hasChromium, type Opened, picture, SharedPage, useStage } from './browser';

const stage = useStage();
const shared = new SharedPage(stage, { height: 700 });

const LIMITS = '&vmin=-300&vmax=300';

/** The colour panel of a layer in µK, with everything loaded that the page loads by itself. */
async function opened(words = LIMITS): Promise<Opened> {
  const { page, ...noted } = await shared.look(`${stage.address}/#layer=demo-f150-i&ra=100&dec=20&width=30${words}`);
  // Anew: it may be open still, as the test before left it.
  const histogram = page.locator('section[aria-label=Colour] svg path').first();
  if (await histogram.isVisible()) await page.keyboard.press('c');
  await page.keyboard.press('c');
  await histogram.waitFor();
  await page.waitForLoadState('networkidle');
  noted.requests.length = 0;
  return { page, ...noted };
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
    expect(askedOf(requests)).toEqual([]);
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
    expect(askedOf(requests)).toEqual([]);
  });

  it('colours anew with each control, without asking the server for anything', async () => {
    const { page, requests } = await opened(`${LIMITS}&cmap=planck`);
    const panel = page.getByRole('region', { name: 'Colour' });
    const key = (name: string): Control => [`the key ${name}`, () => page.keyboard.press(name)];
    const stretch = (name: string): Control => [`the stretch ${name}`, () => panel.getByText(name, { exact: true }).click()];
    const preset = (name: string): Control => [
      name,
      async () => {
        await panel.getByRole('button', { name, exact: true }).click();
        await expect.poll(() => panel.getByRole('button', { name, exact: true }).getAttribute('aria-pressed')).toBe('true');
      },
    ];
    const limit = (name: string, words: string): Control => [`a typed ${name}`, () => type(page, name, words)];
    const cmap = (name: string): Control => [
      name,
      async () => {
        await panel.getByRole('combobox', { name: 'Colour map' }).fill(name);
        await page.getByRole('option', { name, exact: true }).click();
      },
    ];
    const controls = [
      ...['d', 'a', 'w', 's', 'i', 'x', 'r'].map(key),
      ...['Log', 'Symlog', 'Asinh', '√', 'x²', 'Hist-eq', 'Linear'].map(stretch),
      ...['1–99 %', '5–95 %', 'Whole range', 'Symmetric', '±3 σ', 'Recommended'].map(preset),
      limit('Lower limit', '-77'),
      limit('Upper limit', '55'),
      ['the handle of the lower limit', () => nudge(page)] as Control,
      ...['Absolute', 'Invert'].map((name): Control => [name, () => panel.getByLabel(name).check()]),
      ...['viridis', 'gist_earth_r'].map(cmap),
      ['Reset', () => panel.getByRole('button', { name: 'Reset' }).click()] as Control,
    ];
    const look = () => picture(page, { x: 100, y: 150, width: 200, height: 150 });
    let before = await look();
    for (const [name, move] of controls) {
      await move();
      await frames(page);
      let now = before;
      const change = async () => {
        now = await look();
        return now.differenceFrom(before);
      };
      await expect.poll(change, { message: name, interval: 20, timeout: 10_000 }).toBeGreaterThan(0.05);
      before = now;
    }
    expect(await panel.getByRole('combobox', { name: 'Colour map' }).inputValue()).toBe('planck');
    await page.keyboard.press('j');
    await expect.poll(() => page.getByRole('radio', { name: 'In view' }).isChecked()).toBe(true);
    await panel.getByRole('combobox', { name: 'Colour map' }).click();
    await page.keyboard.type('inferno_');
    await page.keyboard.press('Enter');
    expect(await panel.getByRole('combobox', { name: 'Colour map' }).inputValue()).toBe('inferno_r');
    expect(askedOf(requests)).toEqual([]);
  });
});

/** What can be done, by name. */
type Control = [name: string, move: () => Promise<unknown>];

async function nudge(page: Page): Promise<void> {
  const handle = page.getByRole('slider', { name: 'Lower limit' });
  await handle.focus();
  for (let i = 0; i < 5; i++) await handle.press('ArrowLeft');
}
