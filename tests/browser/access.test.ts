/** Everybody can use it: judged by axe in every state of the page, light and dark, and by walking through it with the keyboard alone. */

import { source as axe } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { hasChromium, type Look, open as openPage, useStage } from './browser';

const stage = useStage();

/** The sky itself is drawn as is quickest: it is what lies over it that is looked at. */
const LINK = 'layer=demo-deep-i&cmap=gray&ra=30&dec=0&width=20&sources=demo-sources&lines=none&draw=pictures&marks=a,33,2,60~b,24,28,-4,-1,My box';

async function open(link: string, look: Look = {}): Promise<Page> {
  return (await openPage(stage.browser, `${stage.address}/#${link}`, { width: 1200, height: 800, ...look })).page;
}

/** What axe has to say against a part of the page, in short. */
async function faults(page: Page, part = 'html', rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate('Boolean(window.axe)'))) await page.evaluate(axe);
  // What floats over the page is in no landmark of it.
  const options = { preload: false, resultTypes: ['violations'], rules: { region: { enabled: false } }, ...(rules ? { runOnly: rules } : {}) };
  const found = (await page.evaluate(`window.axe.run(${JSON.stringify(part)}, ${JSON.stringify(options)})`)) as { violations: Violation[] };
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
}

async function faultsIn(colorScheme: 'light' | 'dark', page: Page, part: string, rules?: readonly string[]): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`[data-mantine-color-scheme=${colorScheme}]`).waitFor();
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  return faults(page, part, rules);
}

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

interface State {
  name: string;
  /** What is new in it, and looked at. */
  part: string;
  reach(page: Page): Promise<unknown>;
}

/** States of the page, each reached from the one before. */
const STATES: readonly State[] = [
  { name: 'layers and colours', part: 'html', reach: (page) => page.getByRole('treeitem').first().waitFor() },
  {
    name: 'a filter',
    part: '[data-panel=layers]',
    reach: async (page) => {
      await page.getByLabel('Filter layers').fill('f150 q');
      await page.locator('mark').first().waitFor();
    },
  },
  {
    name: 'a filter that nothing matches',
    part: '[data-panel=layers]',
    reach: async (page) => {
      await page.getByLabel('Filter layers').fill('nonsense');
      await page.getByText('No layer matches').waitFor();
    },
  },
  {
    name: 'catalogues and regions',
    part: '[data-panel=overlays], [data-panel=regions]',
    reach: async (page) => {
      await press(page, 'k', 'e');
      await page.getByText('Median').waitFor();
    },
  },
  {
    name: 'a table and a card',
    part: '[data-panel=table], [aria-label=Source]',
    reach: async (page) => {
      await press(page, 't');
      await page.getByRole('grid').getByText('Beacon A').click();
    },
  },
  { name: 'colour maps', part: '[role=listbox]', reach: (page) => page.getByRole('combobox', { name: 'Colour map' }).click() },
  { name: 'a menu', part: '[role=menu]', reach: (page) => page.getByRole('button', { name: 'More tools' }).click() },
  {
    name: 'the go-to box',
    part: '[role=dialog]',
    reach: async (page) => {
      await press(page, 'Escape', 'Control+k');
      await page.getByLabel('Position or name').waitFor();
    },
  },
  {
    name: 'destinations',
    part: '[role=dialog]',
    reach: async (page) => {
      await page.getByLabel('Position or name').fill('bea');
      await page.getByRole('option', { name: 'Beacon A' }).waitFor();
    },
  },
  {
    name: 'help',
    part: '[role=dialog]',
    reach: async (page) => {
      await press(page, 'Escape', '?');
      await page.getByText('Turn right ascension round').waitFor();
    },
  },
];

async function press(page: Page, ...keys: string[]): Promise<void> {
  // Keys are the page's only where no field has the focus.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (const key of keys) await page.keyboard.press(key);
}

describe.runIf(hasChromium)('everybody', () => {
  it('can read and reach everything, light and dark', { timeout: 180_000 }, async () => {
    const page = await open(LINK);
    const found: Record<string, string[]> = {};
    for (const { name, part, reach } of STATES) {
      await reach(page);
      // Only colours are others in the dark.
      found[`${name}, light`] = await faultsIn('light', page, part);
      found[`${name}, dark`] = await faultsIn('dark', page, part, ['color-contrast']);
    }
    expect(Object.entries(found).filter(([, complaints]) => complaints.length)).toEqual([]);
  });

  it('has something to take hold of on a telephone', async () => {
    const page = await open(LINK, { width: 360, height: 740, hasTouch: true });
    for (const tool of ['Catalogues', 'Colour']) {
      await page.getByRole('button', { name: tool, exact: true }).click();
      await page.getByRole('dialog', { name: tool }).waitFor();
      expect(await page.getByRole('dialog').count()).toBe(1);
      expect(await tooSmall(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      expect(await faults(page)).toEqual([]);
    }
  });

  it('reaches every control with Tab, sees where it is, and knows what it is called', async () => {
    const page = await open(LINK);
    await page.getByRole('treeitem').first().waitFor();
    const reached = await walk(page, 80);
    expect(reached.filter(({ name }) => !name)).toEqual([]);
    expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
    const names = reached.map(({ name }) => name);
    for (const wanted of ['Go to', 'Whole map', 'Filter layers', 'Layers', 'Lower limit', 'Upper limit', 'Colour map', 'Reset', 'RA Dec'])
      expect(
        names.some((name) => name.includes(wanted)),
        wanted,
      ).toBe(true);
  });

  it('opens, uses and leaves a panel without a mouse', async () => {
    const page = await open('layer=demo-f150-i&ra=100&dec=20&width=20', { width: 900, height: 700 });
    await page.keyboard.press('c');
    await page.getByRole('slider', { name: 'Upper limit' }).focus();
    const before = Number(await page.getByRole('slider', { name: 'Upper limit' }).getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowRight');
    expect(Number(await page.getByRole('slider', { name: 'Upper limit' }).getAttribute('aria-valuenow'))).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Close colour' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Colour');
  });
});

interface Reached {
  name: string;
  isSeen: boolean;
}

/** Go on with Tab, and tell what it comes to: what it is called, and whether it looks any different with the focus. */
async function walk(page: Page, steps: number): Promise<Reached[]> {
  const reached: Reached[] = [];
  for (let i = 0; i < steps; i++) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (!element || element === document.body) return undefined;
      const labels = [...((element as HTMLInputElement).labels ?? [])].map((label) => label.innerText).join(' ');
      const name = element.getAttribute('aria-label') || labels || element.innerText || element.title;
      const near = [element, element.parentElement!, element.nextElementSibling ?? element];
      const isSeen = near.some((part) =>
        [undefined, '::after', '::before'].some((pseudo) => {
          const style = getComputedStyle(part, pseudo);
          return (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow.includes('inset');
        }),
      );
      const isFieldSeen = element.matches('input:not([type=radio]):not([type=checkbox])');
      return { name: name.trim(), isSeen: isSeen || isFieldSeen || element.matches('[role=tree], [role=grid], [role=application]') };
    });
    if (!here) break;
    reached.push(here);
  }
  return reached;
}

/** Controls in sight that are smaller than a thumb can hit without hitting another: 32 pixels, or 24 where they stand alone. */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, a[href], [role=slider], [role=dialog] input')].flatMap((element) => {
      const { width, height } = (element.closest('label') ?? element).getBoundingClientRect();
      const isThere = width > 1 && height > 1 && element.checkVisibility();
      const isSlider = element.matches('[role=slider]');
      return !isThere || isSlider || height >= 32 || element.matches('[type=radio], [type=checkbox]')
        ? []
        : [`${element.outerHTML.slice(0, 120)} ${width}x${height}`];
    }),
  );
}
