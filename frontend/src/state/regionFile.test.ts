import { expect, it } from 'vitest';
import type { Mark } from './marks';
import { regionFile } from './regionFile';

const marks: Mark[] = [
  { kind: 'aperture', id: 'a', raDeg: -10, decDeg: 2.5, radiusArcmin: 30 },
  { kind: 'box', id: 'b', name: 'D56 {x}', westDeg: -5, eastDeg: 15, southDeg: -1, northDeg: 3 },
  { kind: 'box', id: 'c', name: 'Wide', westDeg: 0, eastDeg: 180, southDeg: -1, northDeg: 3 },
];

it('writes circles by their radius, and boxes by their corners, in ICRS and degrees', () => {
  expect(regionFile(marks).split('\n').slice(2)).toEqual([
    'icrs',
    'circle(350,2.5,0.5) # text={1}',
    'polygon(355,-1,15,-1,15,3,355,3) # text={D56  x }',
    'polygon(0,-1,90,-1,180,-1,180,3,90,3,0,3) # text={Wide}',
    '',
  ]);
});
