import { describe, expect, it, test } from 'vitest';
import { aligned, decimalsOf, parseNumber, parseQuantity, printedUnit, rounded, sensible, ticks } from './numbers';

test.each([
  [0, '0'],
  [1234.5678, '1235'],
  [-0.012345, '−0.01235'],
  [1.5e-7, '1.5e−7'],
  [2e9, '2e9'],
  [100, '100'],
  [1e-5, '1e−5'],
  [Number.NaN, '–'],
])('%f is written %s', (value, text) => expect(sensible(value)).toBe(text));

test.each([
  ['−3.5', -3.5],
  ['1e-7', 1e-7],
  [' 1 000 ', 1000],
  ['2,5', 2.5],
  ['', undefined],
  ['abc', undefined],
  ['1e999', undefined],
])('%s is read as %s', (text, value) => expect(parseNumber(text)).toBe(value));

test.each([
  ['300', 'uK', 300],
  ['1e-6', 'K_CMB', 1e-6],
  ['300 uK', 'uK', 300],
  ['0.3mK', 'uK', 300],
  ['3e-4 K', 'uK_CMB', 300],
  ['−250 µK', 'K', -2.5e-4],
  ['2 Jy', 'mJy', 2000],
  ['5 Jy', 'uK', undefined],
  ['5 K', null, undefined],
  ['5 m', 'm', 5],
  ['1e', 'uK', undefined],
])('%s, where the unit is %s, is read as %s', (text, units, value) => expect(parseQuantity(text, units)).toBe(value));

test.each([
  [-312.3456, 0.6, -312.3],
  [1.23456e-6, 1e-9, 1.235e-6],
  [1234.5, 12, 1235],
  [0.1 + 0.2, 0.001, 0.3],
])('%f by steps of %f is %f', (value, step, wanted) => expect(rounded(value, step)).toBe(wanted));

test.each([
  [
    [54, 53.1, 40.96, -3.5],
    ['54.00', '53.10', '40.96', '−3.50'],
  ],
  [
    [1, 2, 300],
    ['1', '2', '300'],
  ],
  [
    [1e-9, 2],
    ['1e−9', '2'],
  ],
  [
    [0.123456, 12345.6],
    ['0.12346', '12345.60000'],
  ],
])('%j is written %j in a column', (values, texts) => {
  const decimals = decimalsOf(values);
  expect(values.map((value) => aligned(value, decimals))).toEqual(texts);
});

it('a number that was written is read again', () => {
  for (const value of [-300, 1.25e-9, 0.33333, 7e12])
    expect(parseNumber(sensible(value, 6))).toBeCloseTo(value, 5 - Math.ceil(Math.log10(Math.abs(value))));
});

describe('ticks', () => {
  test.each([
    [-300, 300, 5, [-200, 0, 200]],
    [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [5, 5, 4, [5]],
    [300, -300, 5, [-200, 0, 200]],
  ])('from %f to %f', (low, high, most, wanted) => {
    const found = ticks(low, high, most);
    expect(found).toHaveLength(wanted.length);
    for (const [i, value] of wanted.entries()) expect(found[i]).toBeCloseTo(value, 12);
  });
});

test.each([
  ['uK_CMB', 'µK'],
  ['uK', 'µK'],
  ['uK^-2', 'µK⁻²'],
  ['1/uK**2', '1/uK²'],
  ['Jy/beam', 'Jy/beam'],
  [null, ''],
])('%s is printed %s', (units, text) => expect(printedUnit(units)).toBe(text));
