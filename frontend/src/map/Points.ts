import Layer from 'ol/layer/Layer';
import type { FrameState } from 'ol/Map';
import type { Orientation } from '../sky/coordinates';
import type { Catalogue } from './Catalogue';
import { fitCanvas } from './canvas';
import { drawPlain } from './plainPoints';

/** Radii of a ring, CSS pixels. */
const LARGEST = 6.5;
const SMALLEST = 0.5;
/** Radius for the room that each source of a list has, as a part of that room's side. */
const CROWDING = 0.3;

const VERTEX = `
attribute vec2 a_high;
attribute vec2 a_low;
uniform vec2 u_centreHigh;
uniform vec2 u_centreLow;
uniform vec2 u_scale;
uniform float u_size;

void main() {
  vec2 away = (a_high - u_centreHigh) + (a_low - u_centreLow);
  gl_Position = vec4(away * u_scale, 0.0, 1.0);
  gl_PointSize = u_size;
}`;

/* A ring in the list's colour, edged with black so that it is seen on every sky; a dot where there is no room for more. */
const FRAGMENT = `
precision highp float;
uniform float u_size;
uniform float u_radius;
uniform float u_line;
uniform vec3 u_colour;

void main() {
  float off = abs(length(gl_PointCoord - 0.5) * u_size - u_radius);
  float ring = 1.0 - smoothstep(0.5 * u_line - 0.5, 0.5 * u_line + 0.5, off);
  float edge = clamp(0.3 * u_radius - 0.5, 0.0, 0.6) * (1.0 - smoothstep(u_line - 0.5, u_line + 1.0, off));
  gl_FragColor = vec4(u_colour * ring, max(ring, edge));
}`;

interface Drawn {
  buffer: WebGLBuffer;
  count: number;
  crowd: number;
  colour: [number, number, number];
}

/** All catalogues, each drawn by the graphics card in one go; by the processor where there is none. */
export class Points extends Layer {
  readonly #canvas = document.createElement('canvas');
  #gl: WebGLRenderingContext | null = null;
  #program: WebGLProgram | undefined;
  #drawn: Drawn[] = [];
  /** Where there is no graphics card. */
  #pen: CanvasRenderingContext2D | null = null;
  #plain: { vertices: Float32Array; colour: string; crowd: number }[] = [];

  constructor() {
    super({ className: 'sources', zIndex: 30 });
    Object.assign(this.#canvas.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    this.#canvas.setAttribute('aria-hidden', 'true');
  }

  // Without a source, a layer counts as not ready and is never drawn.
  override getSourceState(): 'ready' {
    return 'ready';
  }

  place(catalogues: readonly Catalogue[], orientation: Orientation): void {
    const gl = catalogues.length ? this.#begin() : this.#gl;
    if (!gl) {
      this.#placePlainly(catalogues, orientation);
      return;
    }
    for (const { buffer } of this.#drawn) gl.deleteBuffer(buffer);
    this.#drawn = catalogues.map((catalogue) => {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, catalogue.vertices(orientation), gl.STATIC_DRAW);
      return { buffer, count: catalogue.sources.length, crowd: catalogue.crowd, colour: rgb(catalogue.colour) };
    });
    this.changed();
  }

  #placePlainly(catalogues: readonly Catalogue[], orientation: Orientation): void {
    if (catalogues.length) this.#pen ??= this.#canvas.getContext('2d');
    this.#plain = catalogues.map((catalogue) => ({
      vertices: catalogue.vertices(orientation),
      colour: catalogue.colour,
      crowd: catalogue.crowd,
    }));
    this.changed();
  }

  /** Ask for the graphics card when there is something to draw, and not before: it takes its time. */
  #begin(): WebGLRenderingContext | null {
    this.#gl ??= this.#canvas.getContext('webgl', { premultipliedAlpha: true });
    if (this.#gl) this.#program ??= link(this.#gl);
    return this.#gl;
  }

  override render(frame: FrameState | null): HTMLElement {
    if (frame && this.#gl && this.#program) this.#draw(this.#gl, this.#program, frame);
    if (frame && this.#pen) this.#drawPlainly(this.#pen, frame);
    return this.#canvas;
  }

  #drawPlainly(pen: CanvasRenderingContext2D, frame: FrameState): void {
    fitCanvas(this.#canvas, frame.size[0]!, frame.size[1]!, frame.pixelRatio);
    const { resolution } = frame.viewState;
    const lists = this.#plain.map((list) => ({ ...list, radius: radiusFor(list.crowd, resolution) }));
    drawPlain(pen, lists, frame);
  }

  #draw(gl: WebGLRenderingContext, program: WebGLProgram, frame: FrameState): void {
    const { pixelRatio } = frame;
    const [width, height] = frame.size as [number, number];
    fitCanvas(this.#canvas, width, height, pixelRatio);
    gl.viewport(0, 0, this.#canvas.width, this.#canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!this.#drawn.length) return;
    // biome-ignore lint/correctness/useHookAtTopLevel: this is WebGL's
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const at = (name: string) => gl.getUniformLocation(program, name);
    const { resolution } = frame.viewState;
    gl.uniform2f(at('u_scale'), 2 / (width * resolution), 2 / (height * resolution));
    for (const drawn of this.#drawn) {
      const radius = radiusFor(drawn.crowd, resolution) * pixelRatio;
      gl.uniform1f(at('u_radius'), radius);
      gl.uniform1f(at('u_line'), Math.min(1.75 * pixelRatio, 2 * radius));
      gl.uniform1f(at('u_size'), 2 * (radius + 3 * pixelRatio));
      gl.uniform3f(at('u_colour'), ...drawn.colour);
      this.#drawCopies(gl, program, drawn, frame);
    }
  }

  /** Draw one list in every copy of the sky in the window. */
  #drawCopies(gl: WebGLRenderingContext, program: WebGLProgram, { buffer, count }: Drawn, frame: FrameState): void {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    for (const [name, offset] of [
      ['a_high', 0],
      ['a_low', 8],
    ] as const) {
      const attribute = gl.getAttribLocation(program, name);
      gl.enableVertexAttribArray(attribute);
      gl.vertexAttribPointer(attribute, 2, gl.FLOAT, false, 16, offset);
    }
    const [x, y] = frame.viewState.center as [number, number];
    const [west, , east] = frame.extent as [number, number, number, number];
    for (let turn = Math.floor((west + 180) / 360); turn <= Math.floor((east + 180) / 360); turn++) {
      const centre = [x - 360 * turn, y] as const;
      const high = centre.map(Math.fround) as [number, number];
      gl.uniform2f(gl.getUniformLocation(program, 'u_centreHigh'), ...high);
      gl.uniform2f(gl.getUniformLocation(program, 'u_centreLow'), centre[0] - high[0], centre[1] - high[1]);
      gl.drawArrays(gl.POINTS, 0, count);
    }
  }
}

/** Rings as large as they may be without hiding each other, as if the sources were spread evenly over the sky. */
function radiusFor(count: number, resolutionDeg: number): number {
  const pixelsOfSky = (360 * 180 * 2) / Math.PI / resolutionDeg ** 2;
  return Math.min(LARGEST, Math.max(SMALLEST, CROWDING * Math.sqrt(pixelsOfSky / count)));
}

function link(gl: WebGLRenderingContext): WebGLProgram {
  const program = gl.createProgram();
  for (const [kind, text] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(kind)!;
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS))
    throw new Error(`The shader of points: ${gl.getProgramInfoLog(program)}`);
  return program;
}

function rgb(hex: string): [number, number, number] {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}
