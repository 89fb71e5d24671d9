import type Feature from 'ol/Feature';
import type { Geometry, MultiPoint } from 'ol/geom';
import VectorLayer from 'ol/layer/Vector';
import VectorSource from 'ol/source/Vector';
import type { StyleLike } from 'ol/style/Style';
import { clearForSure } from './canvas';

/** A name, and the place on the plane that it stands on. */
export interface Name {
  text: string;
  at: number[];
}

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

  /** What is written: of each feature its `name`, on all its `tops`. */
  get names(): Name[] {
    return this.features.flatMap((feature) => {
      const tops = feature.get('tops') as MultiPoint;
      return tops.getCoordinates().map((at) => ({ at, text: feature.get('name') as string }));
    });
  }

  /** Show these and no others. */
  place(features: Feature<G>[]): void {
    this.getSource()!.clear(true);
    this.getSource()!.addFeatures(features);
  }
}
