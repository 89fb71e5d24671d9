/** Positions on the sky: wrapping, the galactic frame, and how people write them. All angles are degrees, J2000 (ICRS). */

export interface Position {
  raDeg: number;
  decDeg: number;
}

export interface Galactic {
  lDeg: number;
  bDeg: number;
}

const RADIANS = Math.PI / 180;

/** The same right ascension in [-180, 180). */
export function wrapDeg(raDeg: number): number {
  return modulo(raDeg + 180, 360) - 180;
}

/** The same right ascension in [0, 360). */
export function positiveDeg(raDeg: number): number {
  return modulo(raDeg, 360);
}

function modulo(value: number, turn: number): number {
  const rest = value % turn;
  // A tiny negative number plus a turn rounds to the whole turn, which is outside the half-open range.
  const wrapped = rest < 0 ? rest + turn : rest;
  return wrapped === turn ? 0 : wrapped;
}

/** Angle between two positions along the great circle, degrees (haversine: exact for tiny angles too). */
export function separationDeg(a: Position, b: Position): number {
  const sinDec = Math.sin(((b.decDeg - a.decDeg) * RADIANS) / 2);
  const sinRa = Math.sin(((b.raDeg - a.raDeg) * RADIANS) / 2);
  const h = sinDec ** 2 + Math.cos(a.decDeg * RADIANS) * Math.cos(b.decDeg * RADIANS) * sinRa ** 2;
  return (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / RADIANS;
}

// Rows of the rotation from ICRS to galactic (Hipparcos catalogue, volume 1, equation 1.5.11).
const TO_GALACTIC = [
  [-0.0548755604162154, -0.873437090234885, -0.4838350155487132],
  [0.4941094278755837, -0.4448296299600112, 0.746982244497219],
  [-0.8676661490190047, -0.1980763734312015, 0.4559837761750669],
] as const;

type Vector = readonly [number, number, number];

function unitVector(lonDeg: number, latDeg: number): Vector {
  const [lon, lat] = [lonDeg * RADIANS, latDeg * RADIANS];
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
}

function anglesOf([x, y, z]: Vector): [number, number] {
  return [positiveDeg(Math.atan2(y, x) / RADIANS), Math.atan2(z, Math.hypot(x, y)) / RADIANS];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function toGalactic({ raDeg, decDeg }: Position): Galactic {
  const vector = unitVector(raDeg, decDeg);
  const [r0, r1, r2] = TO_GALACTIC;
  const [lDeg, bDeg] = anglesOf([dot(r0, vector), dot(r1, vector), dot(r2, vector)]);
  return { lDeg, bDeg };
}

/** The inverse of `toGalactic`: the matrix is a rotation, so its transpose. */
export function fromGalactic({ lDeg, bDeg }: Galactic): Position {
  const vector = unitVector(lDeg, bDeg);
  const column = (i: 0 | 1 | 2): Vector => [TO_GALACTIC[0][i], TO_GALACTIC[1][i], TO_GALACTIC[2][i]];
  const [raDeg, decDeg] = anglesOf([dot(column(0), vector), dot(column(1), vector), dot(column(2), vector)]);
  return { raDeg, decDeg };
}

/** How a position is written in the status line; a click goes to the next. */
export type Notation = 'degrees' | 'sexagesimal' | 'galactic';
export const NOTATIONS: readonly Notation[] = ['degrees', 'sexagesimal', 'galactic'];

/** How right ascensions are counted: with RA to the left 0..360, else -180..180. */
export type RaRange = 'positive' | 'signed';

/** Digits after the point that tell pixels of `resolutionDeg` apart. */
export function digitsFor(resolutionDeg: number): number {
  return Math.max(0, Math.min(8, Math.ceil(-Math.log10(Math.max(resolutionDeg, 1e-9)))));
}

/** Write a position, to the precision that pixels of `resolutionDeg` deserve. */
export function format(at: Position, notation: Notation, resolutionDeg: number, range: RaRange = 'positive'): string {
  if (notation === 'sexagesimal') return formatSexagesimal(at, resolutionDeg);
  const digits = digitsFor(resolutionDeg);
  if (notation === 'galactic') {
    const { lDeg, bDeg } = toGalactic(at);
    return `${lDeg.toFixed(digits)}° ${signed(bDeg, digits)}°`;
  }
  const raDeg = range === 'positive' ? positiveDeg(at.raDeg) : wrapDeg(at.raDeg);
  return `${raDeg.toFixed(digits).replace('-', '−')}° ${signed(at.decDeg, digits)}°`;
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

function formatSexagesimal({ raDeg, decDeg }: Position, resolutionDeg: number): string {
  const decDigits = Math.max(0, Math.min(4, digitsFor(resolutionDeg * 3600)));
  const hours = split(positiveDeg(raDeg) / 15, Math.min(5, decDigits + 1), 24);
  const degrees = split(Math.abs(decDeg), decDigits, Infinity);
  return `${hours[0]}h ${hours[1]}m ${hours[2]}s ${decDeg < 0 ? '−' : '+'}${degrees[0]}° ${degrees[1]}′ ${degrees[2]}″`;
}

/** Units, minutes and seconds. Rounded before it is split, so that 59.9999 s never shows as 60 s. */
function split(value: number, digits: number, turn: number): [string, string, string] {
  const scale = 10 ** digits;
  const steps = Math.round(value * 3600 * scale);
  const seconds = (steps % (60 * scale)) / scale;
  const minutes = Math.floor(steps / (60 * scale)) % 60;
  const units = Math.floor(steps / (3600 * scale)) % turn;
  const width = digits ? digits + 3 : 2;
  return [pad(units), pad(minutes), seconds.toFixed(digits).padStart(width, '0')];
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

const NUMBER = String.raw`[+-]?\d+(?:\.\d*)?`;
const DEGREES = String.raw`(${NUMBER})\s*(?:°|d|deg)?`;
const PAIR = new RegExp(`^(?:ra\\s*=?\\s*)?${DEGREES}[\\s,;]+(?:dec\\s*=?\\s*)?${DEGREES}$`, 'i');
const GALACTIC = new RegExp(
  `^(?:gal(?:actic)?|glon|l|lb)\\s*[=:]?\\s*${DEGREES}[\\s,;]+(?:glat\\s*=?\\s*|b\\s*=?\\s*)?${DEGREES}$`,
  'i',
);
const SEXAGESIMAL =
  /^(\d{1,2})(?:h|:|\s)\s*(\d{1,2})(?:m|:|\s)\s*(\d{1,2}(?:\.\d*)?)\s*s?[\s,;]*([+-]?)(\d{1,2})(?:d|°|:|\s)\s*(\d{1,2})(?:m|'|′|:|\s)\s*(\d{1,2}(?:\.\d*)?)\s*(?:s|"|″)?$/i;
/** Without seconds. The signs are needed: bare numbers could mean anything. */
const HOURS_MINUTES =
  /^(\d{1,2})[h:]\s*(\d{1,2}(?:\.\d*)?)m?()[\s,;]*([+-])(\d{1,2})[d°:]\s*(\d{1,2}(?:\.\d*)?)(?:m|'|′)?()$/i;
const DESIGNATION = /J(\d{2})(\d{2})(\d{2}(?:\.\d*)?)?([+-])(\d{2})(\d{2})(\d{2}(?:\.\d*)?)?/;
/** What may be written about a position that changes nothing: brackets, and the frame that all positions are in. */
const ORNAMENTS = /[()[\]]|[\s,]+(?:j2000(?:\.0)?|icrs|fk5)$/gi;
const GALACTIC_AFTER = /^(.*[\d°])[\s,;]*gal(?:actic)?$/i;

/**
 * Read a position in any of the usual forms, or undefined when the text is none.
 *
 * `83.63 22.01`, `ra=83.63, dec=22.01`, `05:34:32 +22:00:52`, `05h34m32s +22d00m52s`, `05h34m +22d01m`, `gal 184.55 -5.78`,
 * `184.55 -5.78 galactic`, `l=184.55 b=-5.78`, and the positions inside names such as `J0534+2200` and `ACT-CL J0102-4915`.
 */
export function parsePosition(text: string): Position | undefined {
  const words = text.replace(/[−–]/g, '-').trim().replace(ORNAMENTS, '').trim().replace(GALACTIC_AFTER, 'gal $1');
  return parseGalactic(words) ?? parsePair(words) ?? parseSexagesimal(words) ?? parseDesignation(words);
}

function parsePair(words: string): Position | undefined {
  const match = PAIR.exec(words);
  return match ? onTheSky(Number(match[1]), Number(match[2])) : undefined;
}

function parseGalactic(words: string): Position | undefined {
  const match = GALACTIC.exec(words);
  const at = match && onTheSky(Number(match[1]), Number(match[2]));
  return at ? fromGalactic({ lDeg: at.raDeg, bDeg: at.decDeg }) : undefined;
}

function parseSexagesimal(words: string): Position | undefined {
  const match = SEXAGESIMAL.exec(words) ?? HOURS_MINUTES.exec(words);
  if (!match) return undefined;
  const [, h, m, s, sign, d, dm, ds] = match;
  return onTheSky(15 * sexagesimal(h, m, s), (sign === '-' ? -1 : 1) * sexagesimal(d, dm, ds));
}

function parseDesignation(words: string): Position | undefined {
  const match = DESIGNATION.exec(words);
  if (!match) return undefined;
  const [, h, m, s, sign, d, dm, ds] = match;
  return onTheSky(15 * sexagesimal(h, m, s), (sign === '-' ? -1 : 1) * sexagesimal(d, dm, ds));
}

function sexagesimal(units = '0', minutes = '0', seconds = '0'): number {
  // Of what is not there, a pattern may also say an empty text, which is 0.
  return Number(units) + Number(minutes) / 60 + Number(seconds) / 3600;
}

function onTheSky(raDeg: number, decDeg: number): Position | undefined {
  return Math.abs(decDeg) <= 90 && Math.abs(raDeg) <= 720 ? { raDeg, decDeg } : undefined;
}

/** How the sky is laid out: RA increasing to the left as one sees it looking up, or to the right as on a graph. */
export type Orientation = 'ra-left' | 'ra-right';

/** The horizontal coordinate at which a right ascension is drawn, degrees increasing to the right. Its own inverse. */
export function across(raDeg: number, orientation: Orientation): number {
  return orientation === 'ra-left' ? -raDeg : raDeg;
}

/**
 * Two right ascensions as `west < east`, whichever way round is shorter; as they are where one is below -180 or above 360.
 * Twin of tilemaker/sky/boxes.py.
 */
export function shortWayRound(firstDeg: number, secondDeg: number): [westDeg: number, eastDeg: number] {
  const spanDeg = secondDeg - firstDeg;
  if (Math.abs(spanDeg) >= 360) return [-180, 180];
  if (Math.min(firstDeg, secondDeg) < -180 || Math.max(firstDeg, secondDeg) > 360) {
    const west = wrapDeg(Math.min(firstDeg, secondDeg));
    return [west, west + Math.abs(spanDeg)];
  }
  const eastOfFirst = positiveDeg(spanDeg);
  const [westDeg, widthDeg] =
    eastOfFirst <= 180 ? [wrapDeg(firstDeg), eastOfFirst] : [wrapDeg(secondDeg), 360 - eastOfFirst];
  return [westDeg, westDeg + widthDeg];
}

/** Numbers for a box that `shortWayRound` reads as that box: a wide one is named a turn on, where numbers mean what they say. */
export function namedBetween(westDeg: number, eastDeg: number): [westDeg: number, eastDeg: number] {
  const widthDeg = eastDeg - westDeg;
  if (widthDeg <= 180 || widthDeg >= 360) return [westDeg, eastDeg];
  const beyond = 360 + wrapDeg(westDeg);
  return [beyond, beyond + widthDeg];
}
