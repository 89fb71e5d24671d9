/** Decodes number tiles, takes them away from each other and counts them, off the main thread. */

import type { Counts } from './count';
import type { JobAnswer, JobRequest, Jobs } from './decoder.worker';
import DecoderWorker from './decoder.worker?worker';
import type { Patch } from './subtract';

interface Waiting {
  resolve(made: JobAnswer['made']): void;
  reject(error: Error): void;
}

let worker: Worker | undefined;
let lastTicket = 0;
const waiting = new Map<number, Waiting>();

/** Decode a tile's bytes, which are handed over: the buffer is empty afterwards. */
export function decodeAway(patch: Patch): Promise<Float32Array> {
  return ask('decode', patch, [patch.bytes]);
}

/** Take tiles away from another. The buffers of all are handed over. */
export function differenceAway(from: Patch, others: readonly Patch[]): Promise<Float32Array> {
  return ask('difference', { from, others }, [from.bytes, ...others.map(({ bytes }) => bytes)]);
}

/** Count how often each value occurs; undefined when there are none. The buffer is handed over. */
export function countAway(values: Float32Array<ArrayBuffer>): Promise<Counts | undefined> {
  return ask('count', values, [values.buffer]);
}

function ask<N extends keyof Jobs>(
  name: N,
  what: Parameters<Jobs[N]>[0],
  transfer: Transferable[],
): Promise<ReturnType<Jobs[N]>> {
  const ticket = ++lastTicket;
  return new Promise((resolve, reject) => {
    waiting.set(ticket, { resolve: (made) => resolve(made as ReturnType<Jobs[N]>), reject });
    const request: JobRequest = { ticket, name, what };
    theWorker().postMessage(request, transfer);
  });
}

/** Start the worker, so that the first tile finds it running. */
export function startDecoder(): void {
  theWorker();
}

function theWorker(): Worker {
  if (!worker) {
    worker = new DecoderWorker();
    worker.onmessage = ({ data }: MessageEvent<JobAnswer>) => settle(data);
  }
  return worker;
}

function settle({ ticket, made, problem }: JobAnswer): void {
  const { resolve, reject } = waiting.get(ticket)!;
  waiting.delete(ticket);
  if (problem === undefined) resolve(made);
  else reject(new Error(problem));
}
