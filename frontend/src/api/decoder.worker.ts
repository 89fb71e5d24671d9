import { type Decoding, decode } from './decode';

export interface DecodeRequest {
  ticket: number;
  bytes: ArrayBuffer;
  decoding: Decoding;
}

export interface DecodeAnswer {
  ticket: number;
  pixels?: Float32Array<ArrayBuffer>;
  problem?: string;
}

self.onmessage = ({ data: { ticket, bytes, decoding } }: MessageEvent<DecodeRequest>) => {
  try {
    const pixels = decode(new Uint8Array(bytes), decoding);
    self.postMessage({ ticket, pixels } satisfies DecodeAnswer, { transfer: [pixels.buffer] });
  } catch (error) {
    self.postMessage({ ticket, problem: String(error) } satisfies DecodeAnswer);
  }
};
