/** Every key: what it is called in the help, and what it does. Users of earlier viewers know h, l, a, d, w, s and m. */

import * as act from '../state/actions';
import { type Colour, shifted, widened } from '../state/colour';
import { type Panel, useStore } from '../state/store';
import type { MapHandle } from './mapHandle';
import { back, forward } from './steps';

export interface Around {
  map: MapHandle;
  colour: Colour | undefined;
  wholeMap(): void;
}

export interface Binding {
  keys: readonly string[];
  does: string;
  act(around: Around, key: string): void;
}

/** How far a key moves the limits, as a part of their distance. */
const SHIFT = 0.05;
const WIDEN = 1.1;
/** How far an arrow key moves the sky, as a part of the window. */
const STEP = 0.12;

const toggle = (panel: Panel) => () => useStore.getState().toggle(panel);

const ARROWS: Record<string, { right?: number; up?: number }> = {
  ArrowLeft: { right: -STEP },
  ArrowRight: { right: STEP },
  ArrowUp: { up: STEP },
  ArrowDown: { up: -STEP },
};

export const SECTIONS: readonly { title: string; bindings: readonly Binding[] }[] = [
  {
    title: 'Sky',
    bindings: [
      { keys: Object.keys(ARROWS), does: 'Move', act: ({ map }, key) => map.current?.gaze.nudge(ARROWS[key]!) },
      { keys: ['+', '='], does: 'Zoom in', act: ({ map }) => map.current?.gaze.nudge({ zoom: 1.5 }) },
      { keys: ['-', '_'], does: 'Zoom out', act: ({ map }) => map.current?.gaze.nudge({ zoom: 1 / 1.5 }) },
      { keys: ['0'], does: 'Whole map', act: ({ wholeMap }) => wholeMap() },
      { keys: ['/'], does: 'Go to a position or a name (or Ctrl-K)', act: toggle('goto') },
      { keys: ['o'], does: 'Turn right ascension round', act: act.turnRound },
      { keys: ['g'], does: 'Lines: equatorial, galactic, none', act: act.nextLines },
      { keys: ['n'], does: 'Degrees, sexagesimal, galactic', act: act.nextNotation },
      { keys: ['f'], does: 'Full screen', act: () => void toggleFullscreen() },
    ],
  },
  {
    title: 'Layers',
    bindings: [
      { keys: ['h'], does: 'Back to the layer before', act: back },
      { keys: ['l'], does: 'Forward again', act: forward },
      {
        keys: [' '],
        does: 'Blink: the layer before, while held',
        act: () => useStore.getState().note({ blinking: true }),
      },
      { keys: ['v'], does: 'Swipe between this and the layer before', act: () => act.compare('swipe') },
      { keys: ['2'], does: 'The two side by side', act: () => act.compare('beside') },
      { keys: ['z'], does: 'Difference: this minus the layer before', act: () => act.compare('minus') },
      { keys: ['m'], does: 'List of layers', act: toggle('layers') },
    ],
  },
  {
    title: 'Colour',
    bindings: [
      {
        keys: ['a'],
        does: 'Shift limits down',
        act: ({ colour }) => act.limits(colour, (limits) => shifted(limits, -SHIFT)),
      },
      {
        keys: ['d'],
        does: 'Shift limits up',
        act: ({ colour }) => act.limits(colour, (limits) => shifted(limits, SHIFT)),
      },
      {
        keys: ['w'],
        does: 'Widen limits',
        act: ({ colour }) => act.limits(colour, (limits) => widened(limits, WIDEN)),
      },
      {
        keys: ['s'],
        does: 'Narrow limits',
        act: ({ colour }) => act.limits(colour, (limits) => widened(limits, 1 / WIDEN)),
      },
      { keys: ['r'], does: 'The layer’s own colours', act: act.ownColour },
      {
        keys: ['i'],
        does: 'Invert the colour map',
        act: ({ colour }) => colour && act.colour({ inverted: !colour.inverted }),
      },
      {
        keys: ['x'],
        does: 'Absolute values',
        act: ({ colour }) => colour && act.colour({ absolute: !colour.absolute }),
      },
      { keys: ['j'], does: 'Histogram of the layer, or of the view', act: act.toggleCounts },
      { keys: ['c'], does: 'Colour panel', act: toggle('colour') },
    ],
  },
  {
    title: 'More',
    bindings: [
      { keys: ['k'], does: 'Catalogues', act: toggle('overlays') },
      { keys: ['t'], does: 'Table of sources', act: toggle('table') },
      { keys: ['e'], does: 'Regions: apertures and boxes', act: toggle('regions') },
      { keys: ['p'], does: 'Draw an aperture', act: () => act.toggleTool('aperture') },
      { keys: ['u'], does: 'Draw a box', act: () => act.toggleTool('box') },
      {
        keys: ['Delete', 'Backspace'],
        does: 'Remove the region chosen',
        act: () => act.removeMark(useStore.getState().chosenMark),
      },
      { keys: ['b'], does: 'Boxes on and off', act: act.toggleBoxes },
      { keys: ['y'], does: 'Look up here in SIMBAD, NED…', act: act.lookUpHere },
      { keys: ['Escape'], does: 'Close what is open', act: closeOne },
      { keys: ['?'], does: 'This list', act: toggle('help') },
    ],
  },
];

/** Put down the tool, else close the card and take the cross-hair away, else what was opened over the sky, one at a time. */
function closeOne(): void {
  const { tool, picked, sought, panels, note, toggle: set } = useStore.getState();
  if (tool) note({ tool: undefined });
  else if (picked || sought) note({ picked: undefined, sought: undefined });
  else {
    const open = (['help', 'goto', 'table', 'regions', 'overlays'] as const).find((panel) => panels[panel]);
    if (open) set(open, false);
  }
}

function toggleFullscreen(): Promise<void> {
  return document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
}

const BY_KEY = new Map(
  SECTIONS.flatMap(({ bindings }) => bindings.flatMap((binding) => binding.keys.map((key) => [key, binding] as const))),
);

/** What a key does, if anything. Letters do the same with the shift lock on. */
export function bindingOf(key: string): Binding | undefined {
  return BY_KEY.get(key) ?? (key.length === 1 ? BY_KEY.get(key.toLowerCase()) : undefined);
}
