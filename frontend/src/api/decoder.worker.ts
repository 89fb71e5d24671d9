import { type Counts, count } from './count';
import { decode } from './decode';
import { difference, type Patch } from './subtract';

/** What the worker can do. */
export const JOBS = {
  decode: ({ bytes, decoding }: Patch): Float32Array<ArrayBuffer> => decode(new Uint8Array(bytes), decoding),
  difference: ({ from, others }: { from: Patch; others: readonly Patch[] }): Float32Array<ArrayBuffer> =>
    difference(from, others),
  count: (values: Float32Array<ArrayBuffer>): Counts | undefined => count(values),
};
export type Jobs = typeof JOBS;

export interface JobRequest {
  ticket: number;
  name: keyof Jobs;
  what: Parameters<Jobs[keyof Jobs]>[0];
}

export interface JobAnswer {
  ticket: number;
  made?: ReturnType<Jobs[keyof Jobs]>;
  problem?: string;
}

self.onmessage = ({ data: { ticket, name, what } }: MessageEvent<JobRequest>) => {
  try {
    // One name, one kind of job: `ask` in decoder.ts pairs them.
    const made = (JOBS[name] as (what: JobRequest['what']) => JobAnswer['made'])(what);
    self.postMessage(
      { ticket, made } satisfies JobAnswer,
      made instanceof Float32Array ? { transfer: [made.buffer] } : {},
    );
  } catch (error) {
    self.postMessage({ ticket, problem: String(error) } satisfies JobAnswer);
  }
};
