/** What all files of tests share: one server of the synthetic sky, and one Chromium. */

import type { TestProject } from 'vitest/node';
import { hasChromium, launchBrowser } from './browser';
import { startServer } from './server';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where `tilemaker dev` answers; empty where there is no Chromium to look at it with. */
    demo: string;
    /** Where the browser is to be reached. */
    chromium: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, browser] = hasChromium ? await Promise.all([startServer(), launchBrowser()]) : [];
  project.provide('demo', server?.address ?? '');
  project.provide('chromium', browser?.wsEndpoint() ?? '');
  return async () => {
    await browser?.close();
    await server?.stop();
  };
}
