/** Colours numbers on the graphics card. What it computes is specified by src/state/colour.ts. */

import { type Colour, CURVES, warpOf } from '../state/colour';
import { COLOURS, palette } from './palettes';

export const PALETTE = 'u_palette';

/** Colour maps that end in the colour they begin with. */
const CIRCLES = new Set(['twilight', 'twilight_shifted', 'hsv']);

export const VERTEX = `
attribute vec2 a_textureCoord;
uniform mat4 u_tileTransform;
uniform float u_depth;
varying vec2 v_place;

void main() {
  v_place = a_textureCoord;
  gl_Position = u_tileTransform * vec4(a_textureCoord, u_depth, 1.0);
}`;

/*
 * Each screen pixel shows the mean of the map pixels under it, by area: squares stay crisp when magnified, their edges fall
 * where they are, and nothing glitters when minified. Pixels without data weigh nothing and leave the sky transparent.
 * Angles have no mean that numbers have: in the colours of a circle each screen pixel shows the one map pixel that fills most of it.
 * The mask is a channel of its own because some drivers optimise isnan() away.
 */
export const FRAGMENT = `
precision highp float;
varying vec2 v_place;
uniform sampler2D u_tileTextures[1];
uniform sampler2D ${PALETTE};
uniform float u_texturePixelWidth;
uniform float u_textureResolution;
uniform float u_resolution;
uniform float u_pixelRatio;
uniform float u_transitionAlpha;
uniform float u_strength;
uniform float u_curve;
uniform float u_pivot;
uniform float u_knee;
uniform float u_low;
uniform float u_high;
uniform float u_power;
uniform float u_absolute;
uniform float u_turned;
uniform float u_colours;
uniform float u_circle;

vec2 pixelAt(vec2 place) {
  vec4 pixel = texture2D(u_tileTextures[0], place / u_texturePixelWidth);
  return vec2(pixel.r * pixel.a, pixel.a);
}

float bent(float value) {
  if (u_curve < 0.5) return value;
  if (u_curve < 1.5) return log(max(value, 1e-30));
  float distance = (value - u_pivot) / u_knee;
  float size = min(abs(distance), 1e15);
  return sign(distance) * log(size + (u_curve < 2.5 ? 1.0 : sqrt(size * size + 1.0)));
}

void main() {
  float width = u_resolution / (u_textureResolution * u_pixelRatio);
  vec2 place = v_place * u_texturePixelWidth;
  vec2 edge = floor(place + 0.5);
  vec2 beyond = clamp((place - edge) / max(width, 1e-6) + 0.5, 0.0, 1.0);
  vec2 low = edge - 0.5;
  vec2 sum = pixelAt(low + step(0.5, beyond));
  if (u_circle < 0.5 && any(greaterThan(beyond * (1.0 - beyond), vec2(0.0)))) {
    sum = mix(
      mix(pixelAt(low), pixelAt(low + vec2(1.0, 0.0)), beyond.x),
      mix(pixelAt(low + vec2(0.0, 1.0)), pixelAt(low + vec2(1.0, 1.0)), beyond.x),
      beyond.y);
  }
  float value = sum.x / max(sum.y, 1e-6);
  if (u_absolute > 0.5) value = abs(value);
  float fraction = clamp((bent(value) - u_low) / (u_high - u_low), 0.0, 1.0);
  if (u_power != 1.0) fraction = pow(fraction, u_power);
  float index = min(floor(fraction * u_colours), u_colours - 1.0);
  if (u_turned > 0.5) index = u_colours - 1.0 - index;
  vec4 colour = texture2D(${PALETTE}, vec2((index + 0.5) / u_colours, 0.5));
  gl_FragColor = vec4(colour.rgb, 1.0) * sum.y * u_transitionAlpha * u_strength;
}`;

/** The uniforms by which a colour setting reaches the shader; read at each frame, so a change needs nothing else. */
export function uniformsOf(colour: () => Colour): Record<string, () => number> {
  const warp = () => warpOf(colour());
  return {
    u_curve: () => CURVES[warp().curve],
    u_pivot: () => warp().pivot,
    u_knee: () => warp().knee,
    u_low: () => warp().low,
    u_high: () => warp().high,
    u_power: () => warp().power,
    u_absolute: () => Number(colour().absolute),
    // A palette of ranks is turned itself.
    u_turned: () => Number(!warp().ranks && warp().turned !== colour().inverted),
    u_colours: () => warp().ranks?.length ?? COLOURS,
    u_circle: () => Number(CIRCLES.has(colour().cmap.replace(/_r$/, ''))),
  };
}

const ranked = new WeakMap<Colour, Uint8Array>();

/** The colours that the shader looks up: the colour map's, or one for each rank. */
export function paletteOf(colour: Colour): Uint8Array {
  const { ranks, turned } = warpOf(colour);
  if (!ranks) return palette(colour.cmap);
  let rgba = ranked.get(colour);
  if (!rgba) {
    rgba = rankedPalette(palette(colour.cmap), ranks, turned !== colour.inverted);
    ranked.set(colour, rgba);
  }
  return rgba;
}

function rankedPalette(colours: Uint8Array, ranks: Float32Array, isTurned: boolean): Uint8Array {
  const rgba = new Uint8Array(4 * ranks.length);
  for (const [i, rank] of ranks.entries()) {
    const index = Math.min(COLOURS - 1, Math.floor(rank * COLOURS));
    const from = 4 * (isTurned ? COLOURS - 1 - index : index);
    rgba.set(colours.subarray(from, from + 4), 4 * i);
  }
  return rgba;
}
