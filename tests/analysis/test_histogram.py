from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.skies import waves
from tests.support.twins import atlas_of, full_sky, layer
from tilemaker.analysis.histogram import BINS, HistogramAsked, bin_edges, histogram
from tilemaker.analysis.limits import Limits
from tilemaker.analysis.product import Bounds

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE, FINITE)
def test_edges_increase_whatever_the_limits(vmin: float, vmax: float) -> None:
    edges = bin_edges(Limits(vmin, vmax))

    assert edges.size == BINS + 1
    assert np.isfinite(edges).all()
    assert (np.diff(edges) > 0).all()


@pytest.mark.parametrize(("vmin", "vmax"), [(-2.0, -1.0), (-1.0, -2.0), (0.0, 1.0), (-300.0, 300.0)])
def test_the_bins_cover_four_times_the_range_of_the_limits_about_their_middle(vmin: float, vmax: float) -> None:
    edges = bin_edges(Limits(vmin, vmax))

    assert edges[-1] - edges[0] == pytest.approx(4 * abs(vmax - vmin))
    assert edges[0] + edges[-1] == pytest.approx(vmin + vmax)


def test_every_pixel_with_data_is_counted_once() -> None:
    twin = full_sky(lambda ra_deg, dec_deg: np.where(ra_deg > 100.0, np.nan, waves(ra_deg, dec_deg)))
    sky = atlas_of(layer("sky", twin, vmin=-120.0, vmax=120.0)).visible_to(frozenset()).layer("sky")

    found = histogram(sky, HistogramAsked(layer_id="sky"), Bounds())

    assert sum(found.histogram) == 280 * 180
    assert (found.vmin, found.vmax) == (-120.0, 120.0)
    truth, _ = np.histogram(twin.pixels[~np.isnan(twin.pixels)], np.array(found.edges))
    assert list(found.histogram) == truth.tolist()


def test_a_histogram_of_a_sample_says_so() -> None:
    twin = full_sky(waves)
    twin.progress = 0.3
    sky = atlas_of(layer("sky", twin)).visible_to(frozenset()).layer("sky")

    assert not histogram(sky, HistogramAsked(layer_id="sky"), Bounds()).is_final
