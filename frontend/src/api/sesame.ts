/**
 * Names of objects in the sky, by the Sesame service of the Centre de Données astronomiques de Strasbourg, which asks SIMBAD, NED
 * and VizieR. The one host but the tilemaker server that the viewer ever asks, and only when a person says so.
 */

import type { Position } from '../sky/coordinates';
import { ApiError, isAbort } from './client';

const SESAME = 'https://cds.unistra.fr/cgi-bin/nph-sesame/-oI/SNV';
/** How long a name may take. */
const PATIENCE_MS = 20_000;

export interface Resolved extends Position {
  /** What the object is usually called. */
  name: string;
  /** What sort of object it is, in SIMBAD's short words. */
  kind: string | undefined;
}

/** Find where a named object is. Raises `ApiError` with a sentence, or an `AbortError` by the signal. */
export async function resolve(name: string, signal?: AbortSignal): Promise<Resolved> {
  const answer = await reach(`${SESAME}?${encodeURIComponent(name)}`, signal);
  if (!answer.ok) throw new ApiError(answer.status, `Sesame cannot say now: it answered ${answer.status}.`);
  const found = readAnswer(await answer.text(), name);
  if (!found) throw new ApiError(404, `Sesame knows no object named “${name}”.`);
  return found;
}

async function reach(url: string, signal?: AbortSignal): Promise<Response> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await fetch(url, {
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, 'Sesame cannot be reached: names of objects need the internet. All else works without.');
  }
}

/** Read Sesame's plain answer: `%J` begins the line of the position, `%I.0` that of the name, `%C.0` that of the sort. */
export function readAnswer(text: string, asked: string): Resolved | undefined {
  const place = /^%J\s+([\d.]+)\s+([+-]?[\d.]+)/m.exec(text);
  if (!place) return undefined;
  const word = (mark: string) => new RegExp(`^%${mark}\\.0\\s+(.+?)\\s*$`, 'm').exec(text)?.[1]?.replace(/\s+/g, ' ');
  return {
    raDeg: Number(place[1]),
    decDeg: Number(place[2]),
    name: word('I')?.replace(/^NAME /, '') ?? asked,
    kind: word('C'),
  };
}
