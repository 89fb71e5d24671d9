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
    // One browser and one server at a time: graphics are drawn by the processor.
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
