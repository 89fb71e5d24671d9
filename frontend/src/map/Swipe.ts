import type { EventsKey } from 'ol/events';
import { unByKey } from 'ol/Observable';
import type RenderEvent from 'ol/render/Event';
import type { Part } from './Stack';

/** Divides the window between two layers: the one below is seen left of the divider, the one above right of it. */
export class Swipe {
  #above: Part | undefined;
  #below: Part | undefined;
  #divider = 0.5;

  #listening: EventsKey[] = [];

  get below(): Part | undefined {
    return this.#below;
  }

  /** Whether the lower layer is what is seen at a fraction of the window's width. */
  isBelow(fraction: number): boolean {
    return this.#below !== undefined && fraction < this.#divider;
  }

  divide(above: Part | undefined, below: Part | undefined, divider: number): void {
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
    if (context instanceof CanvasRenderingContext2D) cutPicture(context, this.#divider);
    else if (context instanceof WebGLRenderingContext) cutNumbers(context, this.#divider);
  }
}

function cutNumbers(gl: WebGLRenderingContext, divider: number): void {
  const [width, height] = [gl.drawingBufferWidth, gl.drawingBufferHeight];
  const from = Math.round(width * divider);
  gl.enable(gl.SCISSOR_TEST);
  gl.scissor(from, 0, width - from, height);
}

function cutPicture(pen: CanvasRenderingContext2D, divider: number): void {
  const { width, height } = pen.canvas;
  pen.save();
  pen.beginPath();
  pen.rect(width * divider, 0, width, height);
  pen.clip();
}

function release({ context }: RenderEvent): void {
  if (context instanceof CanvasRenderingContext2D) context.restore();
  else if (context instanceof WebGLRenderingContext) context.disable(context.SCISSOR_TEST);
}
