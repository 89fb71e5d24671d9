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

/** Read a number that a person typed: spaces, a real minus sign and a decimal comma are understood. */
export function parseNumber(text: string): number | undefined {
  const words = text.trim().replaceAll('−', '-').replace(/\s/g, '').replace(',', '.');
  const value = Number(words);
  return words !== '' && Number.isFinite(value) ? value : undefined;
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
