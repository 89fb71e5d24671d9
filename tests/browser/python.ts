/** Python with astropy, which the pictures are judged by. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PYTHON = existsSync(`${ROOT}.venv/bin/python`) ? `${ROOT}.venv/bin/python` : 'python3';

const BEGIN = `
import json, sys
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
arguments = json.loads(sys.argv[1])
`;

/** Run lines of Python that put their \`answer\` together from \`arguments\`, and return it. */
export function python<T>(lines: string, values: object = {}): T {
  const code = `${BEGIN}${lines}\nprint(json.dumps(answer))`;
  const { stdout, stderr, status } = spawnSync(PYTHON, ['-W', 'ignore', '-c', code, JSON.stringify(values)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Python ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}
