import { appendFileSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

/** What is copied as it is, rather than bundled. */
const COPIED = ['@fontsource-variable/inter', 'swagger-ui-dist'];

/** Add the licences of copied files to the list of those that are bundled. */
export function licences(fileName: string): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'licences',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle() {
      const find = createRequire(import.meta.url).resolve;
      for (const name of COPIED) {
        const manifest = find(`${name}/package.json`);
        const { version, license } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, string>;
        const terms = readFileSync(join(dirname(manifest), 'LICENSE'), 'utf8');
        const section = `\n## ${name} - ${version} (${license})\n\n${terms}`;
        appendFileSync(resolve(config.root, config.build.outDir, fileName), section);
      }
    },
  };
}
