/** The scale bar: a round angle of about a hundred pixels. */

const DEGREE = 3600;
const MINUTE = 60;
const STEPS_ARCSEC = [90, 60, 30, 20, 10, 5, 2, 1]
  .map((degrees) => degrees * DEGREE)
  .concat([30, 20, 10, 5, 2, 1].map((minutes) => minutes * MINUTE))
  .concat([30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]);

const LONGEST_PIXELS = 110;

export function scaleOf(resolutionDeg: number): { pixels: number; text: string } {
  const pixelArcsec = resolutionDeg * DEGREE;
  const arcsec = STEPS_ARCSEC.find((step) => step <= LONGEST_PIXELS * pixelArcsec) ?? STEPS_ARCSEC.at(-1)!;
  return { pixels: arcsec / pixelArcsec, text: written(arcsec) };
}

function written(arcsec: number): string {
  if (arcsec >= DEGREE) return `${arcsec / DEGREE}°`;
  return arcsec >= MINUTE ? `${arcsec / MINUTE}′` : `${arcsec}″`;
}
