import { describe, expect, it, test } from 'vitest';
import {
  across,
  format,
  fromGalactic,
  namedBetween,
  parsePosition,
  positiveDeg,
  separationDeg,
  shortWayRound,
  toGalactic,
  wrapDeg,
} from './coordinates';

describe('right ascensions wrap', () => {
  test.each([
    [0, 0],
    [180, -180],
    [-180, -180],
    [359.5, -0.5],
    [-540, -180],
    [-1e-14, -1e-14],
  ])('%f is %f in [-180, 180)', (given, wanted) => expect(wrapDeg(given)).toBeCloseTo(wanted, 12));

  it('never gives the whole turn for a number a rounding below zero', () => {
    expect(positiveDeg(-1e-20)).toBe(0);
    expect(wrapDeg(-180 - 1e-20)).toBe(-180);
  });
});

describe('the short way round', () => {
  test.each([
    [350, 10, -10, 10],
    [10, 350, -10, 10],
    [175, -175, 175, 185],
    [0, 360, -180, 180],
    [10, 30, 10, 30],
    [260, 460, -100, 100],
    [460, 260, -100, 100],
  ])('from %f to %f is %f to %f', (a, b, west, east) => expect(shortWayRound(a, b)).toEqual([west, east]));
});

describe('a box named in an address', () => {
  test.each([
    [10, 30],
    [-10, 10],
    [170, 190],
    [-100, 100],
    [100, 299],
    [-180, 179],
    [-180, 180],
    [0, 180],
  ])('from %f to %f is read as that', (west, east) =>
    expect(shortWayRound(...namedBetween(west, east))).toEqual([west, east]),
  );
});

describe('galactic coordinates', () => {
  // astropy.coordinates.SkyCoord, ICRS to galactic.
  test.each([
    [0, 0, 96.3372727, -60.1885517],
    [266.4049959, -28.9361739, 0.0000283, 0.0000103],
    [192.8594813, 27.1282512, undefined, 90],
    [83.633083, 22.0145, 184.5574513, -5.784369],
  ])('RA %f Dec %f is l %f b %f', (raDeg, decDeg, l, b) => {
    const { lDeg, bDeg } = toGalactic({ raDeg, decDeg });
    if (l !== undefined) expect(wrapDeg(lDeg - l)).toBeCloseTo(0, 4);
    expect(bDeg).toBeCloseTo(b, 4);
  });

  it('come back the same', () => {
    for (const at of [
      { raDeg: 12.5, decDeg: -88 },
      { raDeg: 300, decDeg: 45 },
      { raDeg: 180, decDeg: 0 },
    ]) {
      expect(separationDeg(fromGalactic(toGalactic(at)), at)).toBeLessThan(1e-9);
    }
  });
});

describe('positions that people type', () => {
  test.each([
    ['83.63 22.01', 83.63, 22.01],
    ['83.63, -22.01', 83.63, -22.01],
    ['ra=83.63 dec=+22.01', 83.63, 22.01],
    ['-10.5 −3', -10.5, -3],
    ['05:34:32 +22:00:52', 83.6333333, 22.0144444],
    ['05h34m32s -22d00m52s', 83.6333333, -22.0144444],
    ['5 34 32 -0 30 0', 83.6333333, -0.5],
    ['5h 34m 32s +22° 00′ 52″', 83.6333333, 22.0144444],
    ['J0534+2200', 83.5, 22],
    ['ACT-CL J0102.0-4915'.replace('.0', ''), 15.5, -49.25],
  ])('%s', (text, raDeg, decDeg) => {
    const at = parsePosition(text);
    expect(at?.raDeg).toBeCloseTo(raDeg, 6);
    expect(at?.decDeg).toBeCloseTo(decDeg, 6);
  });

  test.each([
    ['83.63d 22.01d', 83.63, 22.01],
    ['83.63deg, -22.01deg', 83.63, -22.01],
    ['(83.63, 22.01)', 83.63, 22.01],
    ['83.63 +22.01 J2000', 83.63, 22.01],
    ['05:34:32 +22:00:36 ICRS', 83.63333333, 22.01],
    ['05h34m +22d30m', 83.5, 22.5],
    ['5:34.5 -0:30', 83.625, -0.5],
  ])('%s may say more or less than others', (text, raDeg, decDeg) => {
    expect(parsePosition(text)?.raDeg).toBeCloseTo(raDeg, 6);
    expect(parsePosition(text)?.decDeg).toBeCloseTo(decDeg, 6);
  });

  it('may be galactic', () => {
    const crab = { raDeg: 83.633083, decDeg: 22.0145 };
    for (const text of [
      'gal 184.5574513 -5.784369',
      'l=184.5574513 b=-5.784369',
      'l 184.5574513, b -5.784369',
      '184.5574513 -5.784369 gal',
      '(184.5574513°, −5.784369°) galactic',
    ]) {
      expect(separationDeg(parsePosition(text)!, crab)).toBeLessThan(1e-4);
    }
  });

  test.each(['', 'Crab', '12', '10 95', 'f150', '1 2 3', '12 30 45 10', 'M31 gal', '12:30'])('%s is none', (text) =>
    expect(parsePosition(text)).toBeUndefined(),
  );

  it('are written so that they can be read again', () => {
    const at = { raDeg: 359.99999, decDeg: -0.00001 };
    for (const notation of ['degrees', 'sexagesimal'] as const) {
      expect(separationDeg(parsePosition(format(at, notation, 1e-5))!, at)).toBeLessThan(2e-5);
    }
  });
});

describe('positions as they are written', () => {
  it('have no sixtieth second', () =>
    expect(format({ raDeg: 14.99999999, decDeg: 9.9999999999 }, 'sexagesimal', 0.01)).toBe(
      '01h 00m 00.0s +10° 00′ 00″',
    ));
  it('have the digits that the pixels deserve', () => {
    expect(format({ raDeg: -10, decDeg: 5 }, 'degrees', 0.1)).toBe('350.0° +5.0°');
    expect(format({ raDeg: 350, decDeg: -5 }, 'degrees', 0.008, 'signed')).toBe('−10.000° −5.000°');
  });
});

it('drawing across the plane is its own inverse', () => {
  for (const orientation of ['ra-left', 'ra-right'] as const)
    expect(across(across(33, orientation), orientation)).toBe(33);
});
