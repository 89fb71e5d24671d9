import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { Plugin, ResolvedConfig } from 'vite';

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Put the files of Swagger UI beside the viewer, so that the server shows /docs without any other host. */
export function apiDocs(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'api-docs',
    apply: 'build',
    configResolved(resolved) {
      config = resolved;
    },
    closeBundle() {
      const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
      const to = resolve(config.root, config.build.outDir, 'docs');
      mkdirSync(to, { recursive: true });
      for (const name of FILES) copyFileSync(join(from, name), join(to, name));
    },
  };
}
