import { expect, test } from 'vitest';
import { apiAddress } from './client';

test.each([
  ['https://sky.org/', undefined, 'https://sky.org/'],
  ['https://sky.org/', './', 'https://sky.org/'],
  ['https://sky.org/maps/index.html?x=1#layer=a/b', '', 'https://sky.org/maps/'],
  ['https://sky.org/maps/', 'api', 'https://sky.org/maps/api/'],
  ['https://sky.org/maps/index.html', '../api/', 'https://sky.org/api/'],
  ['https://sky.org/maps/', '/tiles', 'https://sky.org/tiles/'],
  ['https://sky.org/maps/', 'https://data.org/v2', 'https://data.org/v2/'],
])('a page at %s that names %s asks %s', (page, named, expected) => {
  expect(apiAddress(page, named).href).toBe(expected);
});
