import { Fill, Stroke, Text } from 'ol/style';

/** What all that is written over the sky is written in. */
export const FAMILY = '"Inter Variable", ui-sans-serif, system-ui, sans-serif';

/** What names are written in, and the room that one takes above its place, CSS pixels. */
export const NAME = { font: `600 12px ${FAMILY}`, height: 20 };

/** A name above its place, edged so that it is read on any sky. */
export function nameText(text: string, color: string, halo = 'rgba(0,0,0,.8)'): Text {
  return new Text({
    text,
    font: NAME.font,
    fill: new Fill({ color }),
    stroke: new Stroke({ color: halo, width: 3.5 }),
    textBaseline: 'bottom',
    offsetY: -5,
    overflow: true,
  });
}
