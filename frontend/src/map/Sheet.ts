import Layer from 'ol/layer/Layer';
import type { FrameState } from 'ol/Map';
import { fitCanvas, wipe } from './canvas';

/** A canvas as large as the window, with nothing of its own behind it, that is drawn anew in every frame. */
export abstract class Sheet extends Layer {
  readonly #canvas = document.createElement('canvas');
  protected readonly pen = this.#canvas.getContext('2d')!;

  constructor(className: string, zIndex: number) {
    super({ className, zIndex });
    Object.assign(this.#canvas.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    this.#canvas.setAttribute('aria-hidden', 'true');
  }

  /** Draw a frame; the sheet is empty, and places are in CSS pixels. */
  protected abstract draw(frame: FrameState): void;

  // Without a source, a layer counts as not ready and is never drawn.
  override getSourceState(): 'ready' {
    return 'ready';
  }

  override render(frame: FrameState | null): HTMLElement {
    if (frame) {
      const [width, height] = frame.size as [number, number];
      fitCanvas(this.#canvas, width, height, frame.pixelRatio);
      wipe(this.pen, width, height, frame.pixelRatio);
      this.draw(frame);
    }
    return this.#canvas;
  }
}
