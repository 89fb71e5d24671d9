/** Decodes number tiles away from the main thread. */

import type { Decoding } from './decode';
import type { DecodeAnswer, DecodeRequest } from './decoder.worker';
import DecoderWorker from './decoder.worker?worker';

interface Waiting {
  resolve(pixels: Float32Array): void;
  reject(error: Error): void;
}

let worker: Worker | undefined;
let lastTicket = 0;
const waiting = new Map<number, Waiting>();

/** Decode a tile's bytes, which are handed over: the buffer is empty afterwards. */
export function decodeAway(bytes: ArrayBuffer, decoding: Decoding): Promise<Float32Array> {
  const ticket = ++lastTicket;
  return new Promise((resolve, reject) => {
    waiting.set(ticket, { resolve, reject });
    const request: DecodeRequest = { ticket, bytes, decoding };
    theWorker().postMessage(request, [bytes]);
  });
}

function theWorker(): Worker {
  if (!worker) {
    worker = new DecoderWorker();
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => settle(data);
  }
  return worker;
}

function settle({ ticket, pixels, problem }: DecodeAnswer): void {
  const { resolve, reject } = waiting.get(ticket)!;
  waiting.delete(ticket);
  if (pixels) resolve(pixels);
  else reject(new Error(problem));
}
