/** The whole view as a link, and back. It lives behind the `#`, so that it reaches no server and survives every proxy. */

import { NOTATIONS, positiveDeg } from '../sky/coordinates';
import { type ColourChange, STRETCHES } from './colour';
import { readMarks, writeMarks } from './marks';
import type { Picked } from './store';
import { type Camera, COMPARISONS, type Compare, colourKey, type Lines, START, type View } from './view';

const LINES: readonly Lines[] = ['none', 'equatorial', 'galactic'];

/** Write what differs from a fresh start, in an order that people can read. */
export function toLink(view: View, picked?: Picked): string {
  const link = new URLSearchParams();
  if (view.layerId) link.set('layer', view.layerId);
  if (view.camera) writeCamera(link, view.camera);
  writeColour(link, view.colours[colourKey(view) ?? ''] ?? {});
  writeChoices(link, view);
  writeCompare(link, view);
  if (picked) link.set('source', writeSource(picked));
  return link.toString().replaceAll('%2C', ',').replaceAll('%7E', '~');
}

function writeChoices(link: URLSearchParams, view: View): void {
  if (view.orientation !== START.orientation) link.set('sky', view.orientation);
  if (view.notation !== START.notation) link.set('write', view.notation);
  if (view.lines !== START.lines) link.set('lines', view.lines);
  if (view.sourceGroups.length) link.set('sources', view.sourceGroups.join(','));
  if (view.pictures) link.set('draw', 'pictures');
  if (view.marks.length) link.set('marks', writeMarks(view.marks));
  if (view.hiddenRegions.length) link.set('without', view.hiddenRegions.join(','));
  if (view.boxes !== START.boxes) link.set('boxes', view.boxes ? '1' : '0');
}

/** The layer compared with, or the one that a blink shows, and its colours. */
function writeCompare(link: URLSearchParams, view: View): void {
  const { compare, previousId } = view;
  if (!previousId) return;
  link.set(compare?.mode ?? 'before', previousId);
  if (compare?.mode === 'swipe') link.set('at', compare.divider.toFixed(3));
  const reach = compare?.mode === 'minus' && view.reaches[colourKey(view) ?? ''];
  if (reach) link.set('reach', String(reach));
  writeColour(link, view.colours[previousId] ?? {}, OTHER);
}

/** What the words for the colours of the layer before end in. */
const OTHER = '2';

function writeCamera(link: URLSearchParams, { centre, widthDeg }: Camera): void {
  // A ten-thousandth of the window is less than any pixel of it.
  const digits = Math.max(2, Math.ceil(4 - Math.log10(widthDeg)));
  link.set('ra', String(Number(positiveDeg(centre.raDeg).toFixed(digits))));
  link.set('dec', String(Number(centre.decDeg.toFixed(digits))));
  link.set('width', String(Number(widthDeg.toPrecision(6))));
}

function writeColour(link: URLSearchParams, change: ColourChange, suffix = ''): void {
  const write = (word: string, value: string) => link.set(word + suffix, value);
  if (change.cmap !== undefined) write('cmap', change.cmap);
  if (change.vmin !== undefined) write('vmin', String(Number(change.vmin.toPrecision(7))));
  if (change.vmax !== undefined) write('vmax', String(Number(change.vmax.toPrecision(7))));
  if (change.stretch !== undefined) write('stretch', change.stretch);
  if (change.absolute) write('abs', '1');
  if (change.inverted) write('invert', '1');
}

/** What is on the card, as a link says it: its place, its list, and what it is called. */
export function writeSource({ source: { ra, dec, name }, groupId }: Picked): string {
  return [ra, dec]
    .map((deg) => String(Number(deg.toFixed(6))))
    .concat(groupId, name ?? '')
    .join(',');
}

/** The source whose card a link opens; what else its list says of it is in that list. */
export function sourceFromLink(text: string): Picked | undefined {
  const [ra, dec, groupId = '', ...name] =
    new URLSearchParams(text.replace(/^[#?]/, '')).get('source')?.split(',') ?? [];
  const [raDeg, decDeg] = [numberOf(ra ?? null), numberOf(dec ?? null)];
  if (raDeg === undefined || decDeg === undefined || Math.abs(decDeg) > 90) return undefined;
  return { source: { ra: raDeg, dec: decDeg, name: name.join(',') || null, extra: {} }, groupId };
}

/** Read a link. Whatever in it makes no sense is as if it were not there. */
export function fromLink(text: string): View {
  const link = new URLSearchParams(text.replace(/^[#?]/, ''));
  const layerId = link.get('layer') || undefined;
  const compared = { layerId, ...readCompare(link) };
  const key = colourKey({ ...START, ...compared });
  const reach = numberOf(link.get('reach'));
  return {
    ...START,
    ...compared,
    camera: readCamera(link),
    orientation: oneOf(link.get('sky'), ['ra-left', 'ra-right']) ?? START.orientation,
    notation: oneOf(link.get('write'), NOTATIONS) ?? START.notation,
    lines: oneOf(link.get('lines'), LINES) ?? START.lines,
    sourceGroups: link.get('sources')?.split(',').filter(Boolean) ?? [],
    hiddenRegions: link.get('without')?.split(',').filter(Boolean) ?? [],
    boxes: link.has('boxes') ? link.get('boxes') === '1' : START.boxes,
    pictures: link.get('draw') === 'pictures',
    marks: readMarks(link.get('marks') ?? ''),
    colours: { ...coloursOf(key, readColour(link)), ...coloursOf(compared.previousId, readColour(link, OTHER)) },
    reaches: key && reach && reach > 0 ? { [key]: reach } : {},
  };
}

function coloursOf(key: string | undefined, change: ColourChange): View['colours'] {
  return key && Object.keys(change).length ? { [key]: change } : {};
}

function readCompare(link: URLSearchParams): { previousId: string | undefined; compare: Compare | undefined } {
  const mode = COMPARISONS.find((name) => link.get(name));
  if (!mode) return { previousId: link.get('before') || undefined, compare: undefined };
  return { previousId: link.get(mode)!, compare: { mode, divider: clamp(numberOf(link.get('at')) ?? 0.5, 0, 1) } };
}

function readCamera(link: URLSearchParams): Camera | undefined {
  const [raDeg, decDeg, widthDeg] = ['ra', 'dec', 'width'].map((name) => numberOf(link.get(name)));
  if (raDeg === undefined || decDeg === undefined) return undefined;
  return { centre: { raDeg, decDeg: clamp(decDeg, -90, 90) }, widthDeg: widthDeg && widthDeg > 0 ? widthDeg : 10 };
}

function readColour(link: URLSearchParams, suffix = ''): ColourChange {
  const read = (word: string) => link.get(word + suffix);
  const [vmin, vmax] = [numberOf(read('vmin')), numberOf(read('vmax'))];
  const cmap = read('cmap');
  const stretch = oneOf(read('stretch'), STRETCHES);
  return {
    ...(cmap ? { cmap } : {}),
    ...(vmin === undefined ? {} : { vmin }),
    ...(vmax === undefined ? {} : { vmax }),
    ...(stretch ? { stretch } : {}),
    ...(read('abs') === '1' ? { absolute: true } : {}),
    ...(read('invert') === '1' ? { inverted: true } : {}),
  };
}

function numberOf(text: string | null): number | undefined {
  const value = Number(text);
  return text && Number.isFinite(value) ? value : undefined;
}

function oneOf<T extends string>(text: string | null, allowed: readonly T[]): T | undefined {
  return allowed.find((word) => word === text);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
