/** Numbers as people read them. */

/** Write a number with `digits` significant digits, with a real minus sign and no needless zeros. */
export function sensible(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  const text =
    size < -3 || size >= 6
      ? value
          .toExponential(digits - 1)
          .replace(/\.?0+e/, 'e')
          .replace('e+', 'e')
      : trimmed(value.toFixed(Math.max(0, digits - 1 - size)));
  return text.replaceAll('-', '−');
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** Digits after the point with which most of these numbers have `digits` significant ones; undefined where some need a power of ten. */
export function decimalsOf(values: readonly number[], digits = 5): number | undefined {
  const texts = values.map((value) => sensible(value, digits));
  if (texts.some((text) => text.includes('e'))) return undefined;
  const decimals = texts.map((text) => text.split('.')[1]?.length ?? 0).sort((a, b) => a - b);
  return decimals[Math.floor(0.75 * decimals.length)];
}

/** A number of a column, with as many digits after the point as all of it. */
export function aligned(value: number, decimals: number | undefined, digits = 5): string {
  const text = sensible(value, digits);
  const isPlain = decimals !== undefined && Number.isFinite(value) && !text.includes('e');
  return isPlain ? value.toFixed(decimals).replace('-', '−') : text;
}

/** Read a number that a person typed: spaces, a real minus sign and a decimal comma are understood. */
export function parseNumber(text: string): number | undefined {
  const words = text.trim().replaceAll('−', '-').replace(/\s/g, '').replace(',', '.');
  const value = Number(words);
  return words !== '' && Number.isFinite(value) ? value : undefined;
}

const PREFIXES: Record<string, number> = { n: 1e-9, u: 1e-6, µ: 1e-6, μ: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9 };

/**
 * Read a number with or without a unit: that of the value, or the same with another prefix, such as `0.3 mK` where the unit is uK.
 * Undefined when the unit is of another kind.
 */
export function parseQuantity(text: string, units: string | null | undefined): number | undefined {
  const plain = parseNumber(text);
  if (plain !== undefined) return plain;
  const [, number, unit] = /^(.*?[\d.])\s*([a-zA-Zµμ][^\s]*)$/.exec(text.trim()) ?? [];
  const value = number === undefined ? undefined : parseNumber(number);
  const times = unit === undefined ? undefined : ratio(unit, printedUnit(units));
  return value === undefined || times === undefined ? undefined : Number((value * times).toPrecision(12));
}

/** How many of a unit another is, when both are the same but for the prefix. */
function ratio(unit: string, wanted: string): number | undefined {
  if (!wanted) return undefined;
  if (unit === wanted) return 1;
  for (const [one, size] of Object.entries(PREFIXES)) {
    for (const [other, otherSize] of Object.entries(PREFIXES)) {
      const base = wanted.slice(other.length);
      if (base && wanted === other + base && unit === one + base) return size / otherSize;
    }
  }
  return undefined;
}

/** A number without the digits that are less than a step: for what was chosen by eye. */
export function rounded(value: number, step: number): number {
  const digits = Math.max(0, Math.min(100, Math.ceil(-Math.log10(Math.abs(step) || 1))));
  return step >= 1 ? Math.round(value) : Number(value.toFixed(digits));
}

/** Round steps between two numbers: the smallest of 1, 2, 5 times a power of ten that makes at most `most` of them. */
export function ticks(low: number, high: number, most: number): number[] {
  const [from, to] = low <= high ? [low, high] : [high, low];
  if (!(to > from)) return [from];
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Multiplied anew each time: adding the step up would gather rounding.
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step || 0);
}

/** A unit as it is printed: the usual ASCII spellings turned into signs. */
export function printedUnit(units: string | null | undefined): string {
  if (!units) return '';
  return units
    .replace(/^u(?=[A-Z])/, 'µ')
    .replace(/_?CMB$/i, '')
    .replace(/\*\*/g, '^')
    .replace(/\^\(?(-?\d)\)?/g, (_, power: string) => superscript(power));
}

function superscript(power: string): string {
  return [...power].map((sign) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['-0123456789'.indexOf(sign)] ?? sign).join('');
}
