import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { apiDocs } from './plugins/apiDocs.ts';
import { licences } from './plugins/licences.ts';
import { styles } from './plugins/styles.ts';

/** Where `npm run dev` finds a tilemaker server. */
const SERVER = process.env.TILEMAKER_SERVER ?? 'http://127.0.0.1:8000';
const LICENCES = 'licences.md';
const API = [
  '/map-groups',
  '/maps',
  '/bands',
  '/layers',
  '/search',
  '/histograms',
  '/analysis',
  '/sources',
  '/highlights',
];

export default defineConfig({
  plugins: [react(), apiDocs(), licences(LICENCES), styles()],
  // Relative, so that the page works under any path: a proxy's prefix, jupyter-server-proxy, ssh -L.
  base: './',
  build: {
    outDir: '../tilemaker/server/static',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    // What others wrote, and on what terms, goes wherever the viewer goes.
    license: { fileName: LICENCES },
  },
  worker: { format: 'es' },
  server: { proxy: Object.fromEntries(API.map((path) => [path, SERVER])) },
});
