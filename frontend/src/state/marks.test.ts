import { describe, expect, it, test } from 'vitest';
import { separationDeg } from '../sky/coordinates';
import {
  type ApertureMark,
  type BoxMark,
  circle,
  dragged,
  isSpeck,
  newBox,
  partAt,
  readMarks,
  titleOf,
  writeMarks,
} from './marks';

const aperture: ApertureMark = { kind: 'aperture', id: 'a', raDeg: 179.9, decDeg: 60, radiusArcmin: 30 };
const box: BoxMark = { kind: 'box', id: 'b', name: 'Mine', westDeg: 170, eastDeg: 190, southDeg: -5, northDeg: 5 };

describe('a circle', () => {
  test.each([0, 60, -89, 89.9])('at Dec %f has its radius on the sky, not on the plane', (decDeg) => {
    for (const point of circle({ ...aperture, decDeg }))
      expect(separationDeg(point, { raDeg: aperture.raDeg, decDeg })).toBeCloseTo(0.5, 9);
  });
  it('is closed', () => {
    const points = circle(aperture);
    expect(points.at(-1)!.raDeg).toBeCloseTo(points[0]!.raDeg, 9);
  });
});

describe('taking hold', () => {
  it('of an aperture by its edge, across RA 180', () => {
    expect(partAt(aperture, { raDeg: -179.1, decDeg: 60 }, 0.05)).toBe('edge');
    expect(partAt(aperture, { raDeg: 179.9, decDeg: 60 }, 0.05)).toBe('whole');
    expect(partAt(aperture, { raDeg: 179.9, decDeg: 60.2 }, 0.05)).toBeUndefined();
  });
  test.each([
    [190, 0, 'east'],
    [-170, 3, 'east'],
    [170, 0, 'west'],
    [180, 5, 'north'],
    [-178, -5, 'south'],
    [180, 0, 'whole'],
    [175, 2, undefined],
  ] as const)('of a box at RA %f Dec %f is its %s', (raDeg, decDeg, part) =>
    expect(partAt(box, { raDeg, decDeg }, 0.3)).toBe(part),
  );
});

describe('dragging', () => {
  it('moves an edge of a box and nothing else', () =>
    expect(dragged(box, 'east', { raDeg: 190, decDeg: 0 }, { raDeg: -165, decDeg: 1 })).toEqual({
      ...box,
      eastDeg: 195,
    }));
  it('moves all of a box', () =>
    expect(dragged(box, 'whole', { raDeg: 0, decDeg: 0 }, { raDeg: 1, decDeg: 2 })).toEqual({
      ...box,
      westDeg: 171,
      eastDeg: 191,
      southDeg: -3,
      northDeg: 7,
    }));
  it('over the opposite edge turns a box inside out', () =>
    expect(dragged(box, 'north', { raDeg: 0, decDeg: 5 }, { raDeg: 0, decDeg: -9 })).toMatchObject({
      southDeg: -9,
      northDeg: -5,
    }));
  it('changes the radius of an aperture', () =>
    expect(dragged(aperture, 'edge', aperture, { raDeg: 179.9, decDeg: 61 })).toMatchObject({
      radiusArcmin: expect.closeTo(60, 9),
    }));
});

it('a box is never wider than what can be meant', () =>
  expect(newBox('x', '', { raDeg: 0, decDeg: -99 }, { raDeg: 300, decDeg: 99 })).toMatchObject({
    eastDeg: 180,
    southDeg: -90,
    northDeg: 90,
  }));
it('a click makes no mark', () =>
  expect([isSpeck(aperture, 1), isSpeck(aperture, 0.01), isSpeck(box, 3), isSpeck(box, 0.1)]).toEqual([
    true,
    false,
    true,
    false,
  ]));

it('apertures are numbered, boxes or not between them', () => {
  const marks = [aperture, box, { ...aperture, id: 'c' }];
  expect(marks.map((mark) => titleOf(mark, marks))).toEqual(['1', 'Mine', '2']);
});

it('marks go through a link', () => {
  const read = readMarks(writeMarks([aperture, box]));
  expect(read).toEqual([
    { ...aperture, id: 'link-0' },
    { ...box, id: 'link-1' },
  ]);
});
test.each(['', 'a,1,2', 'a,1,99,3', 'b,3,2,1,0,x', 'c,1,2,3', 'a,x,y,z'])('%s in a link is no mark', (text) =>
  expect(readMarks(text)).toEqual([]),
);
