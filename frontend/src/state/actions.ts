/** What people do, by button or by key, told to the store. */

import { type Position, positiveDeg } from '../sky/coordinates';
import type { Colour, ColourChange, Limits } from './colour';
import { type Tool, useStore } from './store';
import {
  type Comparison,
  colourKey,
  turnedRound,
  type View,
  withColour,
  withComparison,
  withLayer,
  withNextLines,
  withNextNotation,
  withOwnColour,
  withoutMark,
} from './view';

const change = (step: (view: View) => View) => useStore.getState().change(step);

export const showLayer = (layerId: string) => change((view) => withLayer(view, layerId));

/** Change the colours of the layer that is being looked at. */
export function colour(what: ColourChange): void {
  change((view) => {
    const key = colourKey(view);
    return key ? withColour(view, key, what) : view;
  });
}

export const ownColour = () =>
  change((view) => {
    const key = colourKey(view);
    return key ? withOwnColour(view, key) : view;
  });

/** Set the limits to what a pure function makes of them. */
export function limits(of: Colour | undefined, step: (limits: Limits) => Limits): void {
  if (of) colour(step(of));
}

export const turnRound = () => change(turnedRound);
export const nextLines = () => change(withNextLines);
export const nextNotation = () => change(withNextNotation);
export const toggleBoxes = () => change((view) => ({ ...view, boxes: !view.boxes }));
export const togglePictures = () => change((view) => ({ ...view, pictures: !view.pictures }));

/** Compare this layer with the one before, or stop. */
export const compare = (mode: Comparison) => change((view) => withComparison(view, mode));

/** Let the histogram be of what is in the window, or of the whole layer. */
export const toggleCounts = () => useStore.setState(({ countsView }) => ({ countsView: !countsView }));

/** Show a card with links for a position that is nobody's. */
export const lookUp = ({ raDeg, decDeg }: Position) =>
  useStore.setState({
    picked: { source: { name: null, ra: positiveDeg(raDeg), dec: decDeg, extra: {} }, groupId: '' },
  });

/** Look up what is under the pointer, else in the middle of the window. */
export function lookUpHere(): void {
  const { pointer, view } = useStore.getState();
  const at = pointer?.at ?? view.camera?.centre;
  if (at) lookUp(at);
}

/** Take a drawing tool in hand, or put it down. */
export const toggleTool = (tool: Tool) => useStore.setState((now) => ({ tool: now.tool === tool ? undefined : tool }));

export function removeMark(id: string | undefined): void {
  if (id === undefined) return;
  change((view) => withoutMark(view, id));
  useStore.setState(({ chosenMark }) => (chosenMark === id ? { chosenMark: undefined } : {}));
}
