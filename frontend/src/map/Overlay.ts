import type Feature from 'ol/Feature';
import type { Geometry } from 'ol/geom';
import VectorLayer from 'ol/layer/Vector';
import VectorSource from 'ol/source/Vector';
import type { StyleLike } from 'ol/style/Style';
import { clearForSure } from './canvas';

/** Outlines and signs over the sky, in every copy of it, drawn anew in every frame. */
export class Overlay<G extends Geometry> extends VectorLayer<VectorSource<Feature<G>>> {
  constructor(zIndex: number, style: StyleLike) {
    super({
      source: new VectorSource<Feature<G>>({ wrapX: true }),
      zIndex,
      style,
      updateWhileAnimating: true,
      updateWhileInteracting: true,
    });
    this.on('prerender', clearForSure);
  }

  get features(): Feature<G>[] {
    return this.getSource()!.getFeatures();
  }

  /** Show these and no others. */
  place(features: Feature<G>[]): void {
    this.getSource()!.clear(true);
    this.getSource()!.addFeatures(features);
  }
}
