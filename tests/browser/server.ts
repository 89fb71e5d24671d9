/** A tilemaker server to look at, started for the tests and ended after them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { ROOT } from './python';

const START_MS = 60_000;

export interface TestServer {
  /** Where it answers, without a slash at the end. */
  address: string;
  stop(): Promise<void>;
}

/** Start `tilemaker` with a command such as `['dev']`, on a free port, and wait until it answers. */
export async function startServer(command: readonly string[] = ['dev']): Promise<TestServer> {
  if (!existsSync(`${ROOT}tilemaker/server/static/index.html`)) throw new Error('The viewer is not built: run `npm run build` first.');
  const port = await freePort();
  // What is compiled gives the same, and compiling takes from the browser.
  const env = { ...process.env, TILEMAKER_COMPILE: 'no' };
  const running = spawn(program(), [...command, '--no-browser', '--port', String(port)], { cwd: ROOT, stdio: 'pipe', env });
  let said = '';
  running.stderr.on('data', (text) => {
    said += String(text);
  });
  running.stdout.resume();
  const address = `http://127.0.0.1:${port}`;
  await untilItAnswers(address, running, () => said);
  return { address, stop: () => stop(running) };
}

function program(): string {
  const installed = `${ROOT}.venv/bin/tilemaker`;
  return existsSync(installed) ? installed : 'tilemaker';
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function untilItAnswers(address: string, process: ChildProcess, said: () => string): Promise<void> {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (process.exitCode !== null) throw new Error(`tilemaker ended at once:\n${said()}`);
    const answer = await fetch(`${address}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`tilemaker did not answer within ${START_MS / 1000} s:\n${said()}`);
}

function stop(process: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    process.once('exit', () => resolve());
    process.kill('SIGINT');
  });
}
