import { submapAddress } from '../api/client';
import { drawFigure, type Plate } from '../map/figure';
import { pythonFor } from '../state/python';
import { useView } from '../state/store';
import { useMap } from './mapHandle';
import { usePreviousLayer } from './useLayer';
import { useLayerTitle } from './useLayerTitle';
import { useSeen } from './useSeen';

/** What can be taken away from here: a picture of what is seen, and a script that makes one. Undefined until there is anything. */
export function useFigure(): { save(): void; python(): string } | undefined {
  const map = useMap();
  const seen = useSeen();
  const isBeside = useView((view) => view.compare?.mode === 'beside');
  const beside = usePreviousLayer(isBeside);
  const layerTitle = useLayerTitle(seen.layer);
  const minusTitle = useLayerTitle(seen.minus);
  const besideTitle = useLayerTitle(beside.layer);
  const { layer, colour, units } = seen;
  if (!layer?.available || !colour) return undefined;
  const title = seen.minus ? `${layerTitle} − ${minusTitle}` : layerTitle;
  const save = () => {
    const drawn = map.current?.draw();
    if (!drawn) return;
    const plates: Plate[] = [{ sky: drawn.sky, title, colour, units }];
    if (drawn.beside && beside.colour)
      plates.unshift({
        sky: drawn.beside,
        title: besideTitle,
        colour: beside.colour,
        units: beside.layer?.units ?? null,
      });
    drawFigure(plates, drawn.pixelRatio).toBlob((blob) => blob && download(blob, `${layer.layer_id}.png`));
  };
  const python = () => {
    const box = map.current!.gaze.box;
    const part = { left: box.westDeg, right: box.eastDeg, top: box.northDeg, bottom: box.southDeg };
    const address = submapAddress(layer.layer_id, part, 'fits', { cmap: colour.cmap });
    return pythonFor({ title: layerTitle, address, box, colour, units: layer.units });
  };
  return { save, python };
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has to have read it before.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
