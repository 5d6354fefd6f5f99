"""The made-up slide: one picture of sparse levels that all show the same tissue, and nobody's."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from portal.demo.patients import BLAKE
from portal.demo.phantom import glass
from portal.demo.phantom.slide import LEVELS, SIDE, slide_files
from viewer import metadata


@pytest.fixture(scope="module")
def files() -> list[FileDataset]:
    return list(slide_files(BLAKE, "Skin"))


def test_its_levels_are_one_picture(files: list[FileDataset]) -> None:
    told = [file.to_json_dict(bulk_data_threshold=64, bulk_data_element_handler=lambda _: "") for file in files]
    (slide,) = metadata.build("key", told).series
    assert slide.pyramid is not None
    assert [level.columns for level in slide.pyramid.levels] == [glass.COLUMNS >> level for level in range(LEVELS)]


def test_the_empty_glass_is_left_out_and_the_files_are_small(files: list[FileDataset]) -> None:
    whole = glass.COLUMNS * glass.ROWS // SIDE**2
    assert whole // 4 < files[0].NumberOfFrames < whole * 3 // 4
    assert sum(len(file.PixelData) for file in files) < 6_000_000
    assert all("Synthetic" in file.ImageComments for file in files)


def test_every_run_draws_the_same() -> None:
    assert np.array_equal(glass.draw()[::64], glass.draw()[::64])
