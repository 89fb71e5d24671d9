import * as client from '../api/client';
import { drawFigure, type Plate } from '../map/figure';
import { paletteFor } from '../map/palettes';
import type { Shown } from '../map/Stack';
import { levelNear } from '../sky/cover';
import type { SkyBox } from '../sky/grid';
import { type Numbers, type Plot, pythonFor } from '../state/python';
import { useView } from '../state/store';
import { download } from './download';
import { useMap } from './mapHandle';
import { usePreviousLayer } from './useLayer';
import { useLayerTitle, useLayerTitles } from './useLayerTitle';
import { useSeen } from './useSeen';

/** What can be taken away from here: a picture of what is seen, and a script that makes one. Undefined until there is anything. */
export interface Figure {
  save(): void;
  python(): string;
}

export function useFigure(): Figure | undefined {
  const map = useMap();
  const orientation = useView((view) => view.orientation);
  const compare = useView((view) => view.compare);
  const subjects = useSubjects();
  const [first] = subjects;
  if (!first) return undefined;
  const save = () => {
    const drawn = map.current?.draw();
    if (!drawn) return;
    const skies = drawn.beside ? [drawn.beside, drawn.sky] : [drawn.sky];
    const captions = subjects.map(({ title, units, shown }) => ({ title, units, colour: shown.colour }));
    const plates: Plate[] =
      skies.length === captions.length
        ? captions.map((caption, i) => ({ sky: skies[i]!, captions: [caption] }))
        : [{ sky: drawn.sky, captions, divider: compare?.divider }];
    const name = `${subjects.at(-1)!.shown.tiled.layerId}${compare ? `-${compare.mode}` : ''}.png`;
    drawFigure(plates, drawn.pixelRatio).toBlob((blob) => blob && download(blob, name));
  };
  const python = () => {
    const { box, resolutionDeg } = map.current!.gaze;
    const plots = subjects.map((subject) => plotOf(subject, box, resolutionDeg));
    return pythonFor({ plots, box, isMirrored: orientation === 'ra-right', paletteOf: paletteFor });
  };
  return { save, python };
}

interface Subject {
  title: string;
  shown: Shown;
  units: string | null;
}

/** The layers, or the difference, in the window; from left to right where they are two. */
function useSubjects(): Subject[] {
  const seen = useSeen();
  const isPair = useView(({ compare }) => compare?.mode === 'beside' || compare?.mode === 'swipe');
  const previous = usePreviousLayer(isPair);
  const title = useLayerTitle(seen.layer);
  const [ofTitle, minusTitle] = useLayerTitles(seen.layer, seen.minus);
  const [rightTitle, leftTitle] = useLayerTitles(seen.layer, previous.layer);
  if (!seen.shown) return [];
  const { shown, units } = seen;
  if (seen.minus) return [{ title: `${ofTitle} − ${minusTitle}`, shown, units }];
  if (!isPair || !previous.shown) return [{ title, shown, units }];
  return [
    { title: leftTitle, shown: previous.shown, units: previous.layer?.units ?? null },
    { title: rightTitle, shown, units },
  ];
}

function plotOf({ title, shown, units }: Subject, box: SkyBox, resolutionDeg: number): Plot {
  const { tiled, colour } = shown;
  const minus = tiled.minus && numbersOf(tiled.minus, box, resolutionDeg);
  return { title, numbers: numbersOf(tiled, box, resolutionDeg), minus, colour, units };
}

/** Pixels of a FITS file that are quickly downloaded. */
const MOST_PIXELS = 4e6;
/** A cut-out goes the short way round the sky. */
const WIDEST_DEG = 180;

function numbersOf({ layerId, version, grid }: Shown['tiled'], box: SkyBox, resolutionDeg: number): Numbers {
  const [widthDeg, heightDeg] = [box.eastDeg - box.westDeg, box.northDeg - box.southDeg];
  if (widthDeg < WIDEST_DEG && (widthDeg * heightDeg) / grid.pixelDeg ** 2 < MOST_PIXELS) {
    const part = { left: box.westDeg, right: box.eastDeg, top: box.northDeg, bottom: box.southDeg };
    return { fits: client.submapAddress(layerId, part, 'fits', { cmap: '' }) };
  }
  const level = levelNear(grid, resolutionDeg);
  return { tiles: client.numbersAddress(layerId, level, version), grid, level };
}
