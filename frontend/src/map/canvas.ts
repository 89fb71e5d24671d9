import type RenderEvent from 'ol/render/Event';

/** Make a canvas as large as the window, in pixels of the screen. */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number, pixelRatio: number): void {
  const [columns, rows] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
  if (canvas.width === columns && canvas.height === rows) return;
  Object.assign(canvas, { width: columns, height: rows });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
}

/** Begin a frame with nothing in the canvas; places are in CSS pixels from then on. */
export function wipe(pen: CanvasRenderingContext2D, width: number, height: number, pixelRatio: number): void {
  pen.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  pen.clearRect(0, 0, width, height);
  clearCorner(pen);
}

/**
 * For the start of each frame of a layer that OpenLayers clears and in which there may be nothing to draw.
 * Chromium (156) drops the clearing of a whole canvas when nothing but clearings of the whole follow, and shows what was
 * in it frames ago; it heeds the clearing of a part.
 */
export function clearForSure({ context }: RenderEvent): void {
  if (context instanceof CanvasRenderingContext2D) clearCorner(context);
}

function clearCorner(pen: CanvasRenderingContext2D): void {
  pen.clearRect(0, 0, 1, 1);
}
