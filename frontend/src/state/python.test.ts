import { expect, it, test } from 'vitest';
import { STRETCHES } from './colour';
import { pythonFor, type Scene } from './python';

const scene: Scene = {
  title: 'f150 · "I"\nimport os',
  address: 'http://127.0.0.1/layers/a/submap/1/2/4/3/image.fits',
  box: { westDeg: 1, eastDeg: 2, southDeg: 3, northDeg: 4 },
  colour: { cmap: 'viridis', vmin: -3, vmax: 5, stretch: 'linear', absolute: false, inverted: false },
  units: 'uK',
};

it('downloads the part in view and plots it as it is seen', () => {
  const code = pythonFor(scene);
  expect(code).toContain('url = "http://127.0.0.1/layers/a/submap/1/2/4/3/image.fits"');
  expect(code).toContain('cmap="viridis", norm=Normalize(vmin=-3, vmax=5)');
  expect(code).toContain('plt.colorbar(image, label="uK")');
  expect(code).not.toContain('np.abs');
});

it('lets no name become code', () => {
  expect(pythonFor(scene).split('\n')).not.toContain('import os');
});

test.each([
  ['viridis', false, '"viridis"'],
  ['viridis', true, '"viridis_r"'],
  ['RdBu_r', true, '"RdBu"'],
  ['planck', false, '"RdBu_r"'],
  ['planck_r', false, '"RdBu"'],
])('the colour map %s, inverted: %s, is %s', (cmap, inverted, wanted) => {
  expect(pythonFor({ ...scene, colour: { ...scene.colour, cmap, inverted } })).toContain(`cmap=${wanted}`);
});

test.each(STRETCHES)('the norm of %s is imported', (stretch) => {
  const code = pythonFor({ ...scene, colour: { ...scene.colour, stretch } });
  const name = /norm=(\w+)\(/.exec(code)![1]!;
  expect(code).toMatch(new RegExp(`import .*${name}`));
});
