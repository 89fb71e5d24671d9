import PointerInteraction from 'ol/interaction/Pointer';
import type MapBrowserEvent from 'ol/MapBrowserEvent';
import type { Orientation, Position } from '../sky/coordinates';
import { dragged, isSpeck, type Mark, newAperture, newBox, nextBoxName } from '../state/marks';
import type { Tool } from '../state/store';
import type { Hold, Marks } from './Marks';
import { fromPlane } from './projection';

export interface MarkListener {
  /** A mark is being drawn or changed. */
  onMark(mark: Mark): void;
  /** A drag ended; the mark is undefined when it was too small to have been meant. */
  onMarkDone(id: string, mark: Mark | undefined): void;
}

/** Draws new marks with a tool in hand, and otherwise takes hold of those there are. */
export class MarkPointer extends PointerInteraction {
  tool: Tool | undefined;
  orientation: Orientation = 'ra-left';
  readonly #marks: Marks;
  readonly #listener: MarkListener;
  #change: ((to: Position) => Mark) | undefined;
  #mark: Mark | undefined;
  #count = 0;

  constructor(marks: Marks, listener: MarkListener) {
    super();
    this.#marks = marks;
    this.#listener = listener;
  }

  /** What the pointer could take hold of here. */
  holdAt(event: MapBrowserEvent): Hold | undefined {
    return this.#marks.holdAt(this.#at(event), resolutionOf(event));
  }

  override handleDownEvent(event: MapBrowserEvent): boolean {
    const from = this.#at(event);
    const hold = this.tool ? undefined : this.holdAt(event);
    if (this.tool) this.#change = this.#drawing(this.tool, from);
    else if (hold) this.#change = (to) => dragged(hold.mark, hold.part, from, to);
    else return false;
    this.#mark = hold?.mark;
    return true;
  }

  override handleDragEvent(event: MapBrowserEvent): void {
    this.#mark = this.#change!(this.#at(event));
    this.#listener.onMark(this.#mark);
  }

  override handleUpEvent(event: MapBrowserEvent): boolean {
    const mark = this.#mark;
    if (mark) this.#listener.onMarkDone(mark.id, isSpeck(mark, resolutionOf(event)) ? undefined : mark);
    this.#change = this.#mark = undefined;
    return false;
  }

  #drawing(tool: Tool, from: Position): (to: Position) => Mark {
    this.#count++;
    const id = `${tool}-${Date.now()}-${this.#count}`;
    if (tool === 'aperture') return (to) => newAperture(id, from, to);
    const name = nextBoxName(this.#marks.all);
    return (to) => newBox(id, name, from, to);
  }

  #at(event: MapBrowserEvent): Position {
    return fromPlane(event.coordinate, this.orientation);
  }
}

function resolutionOf(event: MapBrowserEvent): number {
  return event.map.getView().getResolution()!;
}
