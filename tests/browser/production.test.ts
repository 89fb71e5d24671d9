/** A browser at a service that is set up for many: logging in at a real SOAuth server, and pages that keep to what they are told. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawn, hasChromium, newPage, useStage } from './browser';
import { PYTHON, ROOT } from './python';
import { freePort } from './server';

const MAP = 'patch_f150_map.fits';
const START_MS = 60_000;

const stage = useStage();
let folder: string;
let home: string;
const running: ChildProcess[] = [];

/** What SOAuth tells a service that it has made known. */
interface Registration {
  app_id: string;
  client_secret: string;
  public_key: string;
}

function start(args: readonly string[], env: Record<string, string> = {}): void {
  running.push(spawn(PYTHON, ['-W', 'ignore', ...args], { cwd: ROOT, stdio: 'ignore', env: { ...process.env, TILEMAKER_COMPILE: 'no', ...env } }));
}

async function untilItAnswers(address: string): Promise<void> {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (await fetch(address).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${address}`);
}

function configuration(): string {
  const layer = (layer_id: string, grant: string | null) => ({
    layer_id,
    name: layer_id,
    grant,
    provider: { provider_type: 'fits', filename: `${ROOT}examples/maps/${MAP}` },
  });
  const bands = [{ band_id: 'b', name: 'B', layers: [layer('public', null), layer('secret', 'members')] }];
  writeFileSync(`${folder}/sky.json`, JSON.stringify({ map_groups: [{ name: 'G', maps: [{ map_id: 'm', name: 'M', bands }] }] }));
  return `${folder}/sky.json`;
}

beforeAll(async () => {
  if (!hasChromium) return;
  folder = mkdtempSync(`${tmpdir()}/tilemaker-login-`);
  const [port, soauthPort] = [await freePort(), await freePort()];
  const soauth = `http://localhost:${soauthPort}`;
  home = `http://localhost:${port}`;
  start(['-m', 'tests.support.soauth_server', String(soauthPort), folder, home, '3600']);
  // Whoever comes is Ada, who holds the grant "members".
  await untilItAnswers(soauth);
  const known = JSON.parse(readFileSync(`${folder}/service.json`, 'utf8')) as Registration;
  start(['-c', 'from tilemaker.cli.main import app; app()', 'serve', configuration(), '--port', String(port)], {
    TILEMAKER_AUTH_TYPE: 'soauth',
    TILEMAKER_SOAUTH_BASE_URL: home,
    TILEMAKER_SOAUTH_AUTH_URL: soauth,
    TILEMAKER_SOAUTH_APP_ID: known.app_id,
    TILEMAKER_SOAUTH_CLIENT_SECRET: known.client_secret,
    TILEMAKER_SOAUTH_PUBLIC_KEY: known.public_key,
  });
  await untilItAnswers(`${home}/healthz`);
});

afterAll(async () => {
  for (const one of running) one.kill();
  if (folder) rmSync(folder, { recursive: true });
});

/** What a page complains of, violations of its policy among it. */
function listening(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|violates|Refused to/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

const statusOf = (page: Page, path: string) => page.evaluate(async (asked) => (await fetch(asked)).status, path);

describe.runIf(hasChromium)('a browser', () => {
  it('logs in at SOAuth, comes back to the view it left, and logs out', async () => {
    const page = await newPage(stage.browser);
    const complaints = listening(page);
    await page.goto(`${home}/`);
    await drawn(page);
    expect(await statusOf(page, 'layers/secret')).toBe(404);

    await page.goto(`${home}/login?next=${encodeURIComponent('#layer=public')}`);
    await drawn(page);
    expect(page.url().startsWith(`${home}/#`)).toBe(true);
    expect(await statusOf(page, 'layers/secret')).toBe(200);
    expect(await page.evaluate(() => document.cookie)).not.toMatch(/access_token=ey|refresh_token=ey/);

    await page.goto(`${home}/logout`);
    await drawn(page);
    expect(await statusOf(page, 'layers/secret')).toBe(404);
    expect(complaints).toEqual([]);
  });

  it.each(['', 'docs'])('finds nothing on the page /%s that its policy forbids', async (path) => {
    const page = await newPage(stage.browser);
    const complaints = listening(page);

    const answer = await page.goto(`${home}/${path}`, { waitUntil: 'networkidle' });

    expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'");
    expect(complaints).toEqual([]);
  });
});
