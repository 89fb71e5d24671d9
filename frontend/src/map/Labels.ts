import type { Geometry } from 'ol/geom';
import type { FrameState } from 'ol/Map';
import { FAMILY, NAME } from './nameText';
import type { Name, Overlay } from './Overlay';
import { placer } from './placer';
import { Sheet } from './Sheet';

export interface Label {
  /** Where the words stand, CSS pixels. */
  at: [number, number];
  text: string;
  /** Which end of the words is there; the middle, where none is named. */
  align?: 'left';
}

/** Words and what they stand on, which is seen through: on a dark page light ones, and the other way round. */
const INKS = {
  dark: { text: '#fff', plate: 'rgba(10,13,19,.68)' },
  light: { text: '#10161f', plate: 'rgba(255,255,255,.82)' },
};

/** Room beside the words on their plate, and how round it is, CSS pixels. */
const MARGIN = 3;
const CORNER = 3;

interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The labels of lines over the sky: above all that is drawn there, so that a crowd of sources hides none, but on no name. */
export class Labels extends Sheet {
  scheme: 'light' | 'dark' = 'dark';
  /** Left by what is drawn below, in the same frame. */
  labels: readonly Label[] = [];

  readonly #named: readonly Overlay<Geometry>[];

  /** `named` are those whose names are kept clear of. */
  constructor(...named: readonly Overlay<Geometry>[]) {
    super('labels', 50);
    this.#named = named;
  }

  protected override draw(frame: FrameState): void {
    this.pen.font = NAME.font;
    const names = this.#named.flatMap((overlay) => overlay.names).flatMap((name) => this.#areasOf(name, frame));
    this.pen.font = `500 0.6875rem ${FAMILY}`;
    for (const label of this.labels) {
      const plate = this.#plateOf(label);
      if (!names.some((name) => isOver(plate, name))) this.#write(label, plate);
    }
  }

  /** Where a name is in the window, in every copy of the sky. */
  #areasOf({ text, at: [x, y] }: Name, frame: FrameState): Area[] {
    const half = this.pen.measureText(text).width / 2;
    const [west, , east] = frame.extent as [number, number, number, number];
    const first = Math.ceil((west - x!) / 360);
    const copies = Math.max(0, Math.floor((east - x!) / 360) - first + 1);
    return Array.from({ length: copies }, (_, i) => {
      const [middle, bottom] = placer(frame)([x! + 360 * (first + i), y!]);
      return { left: middle - half, right: middle + half, top: bottom - NAME.height, bottom };
    });
  }

  #plateOf({ at: [x, y], text, align }: Label): Area {
    const { width, fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = this.pen.measureText(text);
    const left = align === 'left' ? x : x - width / 2;
    return { left: left - MARGIN, right: left + width + MARGIN, top: y - up, bottom: y + down };
  }

  #write({ at: [, y], text }: Label, { left, right, top, bottom }: Area): void {
    const { pen } = this;
    pen.fillStyle = INKS[this.scheme].plate;
    pen.beginPath();
    pen.roundRect(left, top, right - left, bottom - top, CORNER);
    pen.fill();
    pen.fillStyle = INKS[this.scheme].text;
    pen.fillText(text, left + MARGIN, y);
  }
}

function isOver(one: Area, other: Area): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
