/** Another server in front of tilemaker's, as `nginx` or `jupyter-server-proxy` would be; it can also be made to fail. */

import { createServer, request } from 'node:http';
import { freePort } from './server';

export interface Proxy {
  address: string;
  /** Set to answer nothing but this status. */
  broken: number | undefined;
  stop(): void;
}

/** Serve what is behind `target` under a path that begins with `prefix`. */
export async function startProxy(target: string, prefix: string): Promise<Proxy> {
  const port = await freePort();
  const proxy: Proxy = { address: `http://127.0.0.1:${port}${prefix}`, broken: undefined, stop: () => server.close() };
  const server = createServer((asked, answer) => {
    if (proxy.broken || !asked.url?.startsWith(prefix)) {
      answer.writeHead(proxy.broken ?? 404).end('no');
      return;
    }
    const passed = request(target + asked.url.slice(prefix.length), { headers: asked.headers, method: asked.method }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.writeHead(502).end());
    passed.end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return proxy;
}
