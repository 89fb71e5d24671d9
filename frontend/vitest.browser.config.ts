import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const installed = (name: string) => fileURLToPath(new URL(`./node_modules/${name}`, import.meta.url));

/** Whole journeys in a real Chromium, against `tilemaker dev`. */
export default defineConfig({
  root: '..',
  // The tests live beside the server's; what they use is installed here.
  resolve: {
    alias: Object.fromEntries(['axe-core', 'playwright-core', 'pngjs'].map((name) => [name, installed(name)])),
  },
  test: {
    include: ['tests/browser/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['tests/browser/global.ts'],
    // A page waits as often for the server, or for the clock, as for the processor that draws its graphics.
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
