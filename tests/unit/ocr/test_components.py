"""Marks are labelled as OpenCV does it with 32 bits, whatever their number."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.components import components
from ocr.ink import Pixels


def speckled(height: int, width: int, share: float, seed: int) -> Pixels:
    """A mask with that share of its pixels set by chance."""
    return np.asarray(np.random.default_rng(seed).random((height, width)) < share, np.uint8)


def lone_pixels(side: int) -> Pixels:
    """A mask in which no two pixels touch, one in four set: the most marks that fit."""
    mask = np.zeros((side, side), np.uint8)
    mask[::2, ::2] = 1
    return mask


def assert_as_opencv(mask: Pixels) -> None:
    labels, stats = components(mask)
    count, expected, expected_stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)

    assert len(stats) == count
    assert (labels == expected).all()
    assert (stats == expected_stats).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.floats(0.0, 1.0), st.integers(0, 1000))
def test_any_mask_is_labelled_as_with_32_bits(height: int, width: int, share: float, seed: int) -> None:
    assert_as_opencv(speckled(height, width, share, seed))


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_dense_noise_of_a_whole_page_is_labelled_as_with_32_bits(share: float) -> None:
    assert_as_opencv(speckled(1400, 1000, share, 7))


def test_more_marks_than_16_bits_can_count_are_all_counted() -> None:
    mask = lone_pixels(600)

    assert len(components(mask)[1]) == 90_001
    assert_as_opencv(mask)


def test_print_is_labelled_the_cheap_way() -> None:
    labels, _ = components(speckled(300, 300, 0.1, 1))

    assert labels.dtype == np.uint16


def test_touching_corners_are_one_mark() -> None:
    _, stats = components(np.eye(5, dtype=np.uint8))

    assert stats[1:].tolist() == [[0, 0, 5, 5, 5]]
