"""Means of blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tilemaker.sky.thin import block_mean, block_sums, padded


@given(st.integers(0, 2**32 - 1), st.sampled_from([2, 3, 4, 8, 16, 64]), st.sampled_from([0.0, 0.01, 0.5, 1.0]))
def test_a_block_is_the_mean_of_what_is_there(seed: int, factor: int, missing: float) -> None:
    random = np.random.default_rng(seed)
    pixels = random.normal(100.0, 30.0, (3 * factor, 2 * factor)).astype(np.float32)
    pixels[random.random(pixels.shape) < missing] = np.nan
    means = block_mean(pixels, factor)
    assert means.shape == (3, 2)
    for row in range(3):
        for column in range(2):
            block = pixels[row * factor : (row + 1) * factor, column * factor : (column + 1) * factor]
            there = block[np.isfinite(block)].astype(np.float64)
            assert means[row, column] == pytest.approx(there.mean(), rel=1e-6) if there.size else np.isnan(means[row, column])


def test_white_noise_averages_down() -> None:
    noise = np.random.default_rng(1).normal(0.0, 1.0, (512, 512)).astype(np.float32)
    assert block_mean(noise, 8).std() == pytest.approx(1 / 8, rel=0.05)


def test_the_pixels_are_left_as_they_are() -> None:
    pixels = np.array([[np.nan, 1.0], [2.0, 3.0]], np.float32)
    sums, counts = block_sums(pixels, 2)
    assert (sums.item(), counts.item()) == (6.0, 3)
    assert np.isnan(pixels[0, 0])


def test_padding_is_not_data() -> None:
    pixels = np.ones((2, 3), np.float32)
    around = padded(pixels, (1, 2), (4, 6))
    assert np.isnan(around).sum() == 24 - 6
    assert padded(pixels, (0, 0), (2, 3)) is pixels
