/** Round distances between the lines of a graticule. */

const STEPS = [
  90, 60, 45, 30, 20, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 5e-4, 2e-4, 1e-4,
];

/** Least distance between lines, CSS pixels. */
const APART = { lon: 110, lat: 80 };

/** Steps in longitude and latitude for a window whose pixels are `resolutionDeg` wide. */
export function stepsDeg(resolutionDeg: number): { lon: number; lat: number } {
  const smallest = (pixels: number) => STEPS.filter((step) => step >= pixels * resolutionDeg).at(-1) ?? STEPS[0]!;
  return { lon: smallest(APART.lon), lat: Math.min(30, smallest(APART.lat)) };
}

/** Write an angle with the digits that its step needs. */
export function formatAngle(deg: number, stepDeg: number, withPlus: boolean): string {
  const digits = Math.max(0, Math.ceil(-Math.log10(stepDeg) - 1e-9));
  const rounded = Math.abs(deg).toFixed(digits);
  const isZero = Number(rounded) === 0;
  const sign = isZero ? '' : deg < 0 ? '−' : withPlus ? '+' : '';
  return `${sign}${rounded}°`;
}
