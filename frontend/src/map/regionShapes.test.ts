import { expect, it } from 'vitest';
import type { Region } from '../api/types';
import { shapeOf } from './regionShapes';

const region = (...outlines: Region['outlines']): Region => ({
  name: null,
  shape: 'polygon',
  size: '',
  ra: 0,
  dec: 0,
  colour: null,
  is_excluded: false,
  outlines,
});
const closed = (points: [number, number][], pole: -90 | 90 | null = null) => ({ points, is_closed: true, pole });

it('draws what lies across the edge of the plane at both sides', () => {
  const { areas } = shapeOf(
    region(
      closed([
        [170, 0],
        [190, 0],
        [190, 5],
        [170, 0],
      ]),
    ),
    'ra-right',
  );

  expect(areas.map(([ring]) => ring![1])).toEqual([
    [190, 0],
    [-170, 0],
  ]);
});

it('mirrors with the sky', () => {
  const { lines } = shapeOf(
    region({
      points: [
        [10, 0],
        [20, 5],
      ],
      is_closed: false,
      pole: null,
    }),
    'ra-left',
  );

  expect(lines).toEqual([
    [
      [-10, 0],
      [-20, 5],
    ],
  ]);
});

it('fills what holds a pole up to the edge of the plane, and draws no line there', () => {
  const { areas, lines } = shapeOf(
    region(
      closed(
        [
          [-180, 60],
          [0, 70],
          [180, 60],
        ],
        90,
      ),
    ),
    'ra-right',
  );

  expect(areas[0]![0]).toEqual([
    [-180, 60],
    [0, 70],
    [180, 60],
    [180, 90],
    [-180, 90],
    [-180, 60],
  ]);
  expect(lines).toEqual([
    [
      [-180, 60],
      [0, 70],
      [180, 60],
    ],
  ]);
});

it('cuts the inner line of an annulus out of the outer one', () => {
  const [inner, outer] = [
    closed([
      [1, 0],
      [2, 0],
      [1, 1],
      [1, 0],
    ]),
    closed([
      [0, -1],
      [4, -1],
      [0, 4],
      [0, -1],
    ]),
  ];

  expect(shapeOf(region(inner, outer), 'ra-right').areas).toEqual([[outer.points, inner.points]]);
});
