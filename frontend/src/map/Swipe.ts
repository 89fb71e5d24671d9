import type { EventsKey } from 'ol/events';
import { unByKey } from 'ol/Observable';
import type RenderEvent from 'ol/render/Event';
import type { SkyLayer } from './SkyLayer';

/** Divides the window between two layers: the one below is seen left of the divider, the one above right of it. */
export class Swipe {
  #above: SkyLayer | undefined;
  #below: SkyLayer | undefined;
  #divider = 0.5;

  #listening: EventsKey[] = [];

  get below(): SkyLayer | undefined {
    return this.#below;
  }

  /** Whether the lower layer is what is seen at a fraction of the window's width. */
  isBelow(fraction: number): boolean {
    return this.#below !== undefined && fraction < this.#divider;
  }

  divide(above: SkyLayer | undefined, below: SkyLayer | undefined, divider: number): void {
    this.#divider = divider;
    this.#below = below;
    const wanted = below ? above : undefined;
    if (wanted === this.#above) return;
    unByKey(this.#listening);
    this.#above = wanted;
    this.#listening = wanted
      ? [wanted.on('prerender', (event) => this.#cut(event)), wanted.on('postrender', release)]
      : [];
  }

  #cut({ context }: RenderEvent): void {
    const gl = context as WebGLRenderingContext;
    const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
    const from = Math.round(width * this.#divider);
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(from, 0, width - from, height);
  }
}

function release({ context }: RenderEvent): void {
  const gl = context as WebGLRenderingContext;
  gl.disable(gl.SCISSOR_TEST);
}
