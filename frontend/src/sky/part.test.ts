import { expect, it } from 'vitest';
import { onWholeSky, partFor } from './part';

const box = (westDeg: number, eastDeg: number, southDeg: number, northDeg: number) => ({
  westDeg,
  eastDeg,
  southDeg,
  northDeg,
});

it('asks for half a window more at each side, and nothing beyond the poles or more than once round', () => {
  expect(partFor(box(10, 20, 0, 4), undefined)).toEqual(box(5, 25, -2, 6));
  expect(partFor(box(355, 365, 80, 88), undefined)).toEqual(box(-10, 10, 76, 90));
  expect(partFor(box(0, 200, -50, 50), undefined)).toEqual(box(-180, 180, -90, 90));
});

it('asks for nothing new while the window is within what was asked for, on any turn', () => {
  const part = box(5, 25, -2, 6);
  expect(partFor(box(364, 374, -1, 3), part)).not.toBe(part);
  expect(partFor(box(366, 376, -1, 3), part)).toBe(part);
  expect(partFor(box(12, 22, 3, 7), part)).not.toBe(part);
});

it('asks for more when one looks closer', () => {
  const part = box(-180, 180, -90, 90);
  expect(partFor(box(0, 180, -45, 45), part)).toBe(part);
  expect(partFor(box(0, 60, -15, 15), part)).not.toBe(part);
});

it('reckons a part up to the whole sky', () => {
  expect(onWholeSky(10, box(0, 180, 0, 90))).toBeCloseTo(40);
  expect(onWholeSky(10, box(-180, 180, -90, 90))).toBeCloseTo(10);
});
