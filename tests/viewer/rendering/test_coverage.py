"""Every cell of the coverage table in CONFORMANCE.md, encoded here and decoded by what draws pictures."""

from __future__ import annotations

import numpy as np
import pytest

from tests.viewer.rendering.encoders import COLUMNS, ROWS, encode
from viewer.conformance.coverage import Cell, cells, depths_of
from viewer.rendering import RenderOptions, decode, render_decoded
from viewer.rendering.decode import CODECS

CELLS = list(cells())


def _id(cell: Cell) -> str:
    return f"{cell.transfer_syntax_uid[14:] or 'implicit'}-{cell.photometric}-{cell.depth}"


@pytest.mark.parametrize("cell", CELLS, ids=_id)
def test_each_cell_of_the_table_is_decoded(cell: Cell) -> None:
    encoded = encode(cell)
    frame = decode(encoded.header, encoded.data, cell.transfer_syntax_uid, 1)
    assert frame.pixels.shape == encoded.shown.shape
    assert frame.photometric == (cell.photometric if encoded.shown.ndim == 2 else "RGB")
    difference = np.abs(frame.pixels.astype(np.float64) - encoded.shown.astype(np.float64))
    assert difference.mean() <= encoded.tolerance
    assert difference.max() <= encoded.most
    # So that a frame of one value, which any decoder gets right, is never what is compared.
    assert encoded.shown.std() > 0
    if cell.photometric != "PALETTE COLOR":
        picture = render_decoded(encoded.header, frame, 1, RenderOptions())
        assert (picture.width, picture.height) == (COLUMNS, ROWS)


def test_every_decoder_of_the_registry_has_its_row() -> None:
    assert {cell.transfer_syntax_uid for cell in CELLS} >= set(CODECS)
    assert all(depths_of(uid) for uid in CODECS)
