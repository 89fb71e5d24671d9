/** Sees that every component of Mantine that is in the bundle has its styles there, too: `src/panels/mantine.css` names them one by one. */

import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const ALL = new URL('../node_modules/@mantine/core/styles.css', import.meta.url);

/** Classes as the library writes them. */
const CLASSES = /\bm_[0-9a-f]+\b/g;

const classesIn = (text: string) => new Set(text.match(CLASSES));

export function styles(): Plugin {
  return {
    name: 'styles-of-mantine',
    apply: 'build',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const sheets = files.flatMap((file) =>
        file.type === 'asset' && file.fileName.endsWith('.css') ? [String(file.source)] : [],
      );
      const [there, all] = [classesIn(sheets.join()), classesIn(readFileSync(ALL, 'utf8'))];
      const used = classesIn(files.map((file) => (file.type === 'chunk' ? file.code : '')).join());
      const missing = [...used].filter((name) => all.has(name) && !there.has(name));
      if (missing.length)
        this.error(`src/panels/mantine.css lacks the styles of ${missing.join(', ')}: see @mantine/core/styles.`);
    },
  };
}
