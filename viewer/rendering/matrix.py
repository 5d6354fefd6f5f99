"""Where a frame lies in the larger picture that it is a tile of (Total Pixel Matrix, PS3.3 C.8.12.4.1.1)."""

from __future__ import annotations

from pydicom import Dataset

from viewer.rendering.functional import macro


def place_in_matrix(header: Dataset, frame_number: int) -> tuple[int, int] | None:
    """Return how many columns and rows lie before a frame (from 1), None where it is no tile or nobody says which.

    Frames say so themselves, or all are there in the order of reading (TILED_FULL, PS3.3 C.7.6.17.3).
    """
    columns, rows = (int(header.get(f"TotalPixelMatrix{side}") or 0) for side in ("Columns", "Rows"))
    if not columns or not rows:
        return None
    position = macro(header, "PlanePositionSlideSequence", frame_number)
    left, top = (position.get(f"{side}PositionInTotalImagePixelMatrix") for side in ("Column", "Row"))
    if left is not None and top is not None:
        return int(left) - 1, int(top) - 1
    if header.get("DimensionOrganizationType") != "TILED_FULL":
        return None
    across, down = -(-columns // int(header.Columns)), -(-rows // int(header.Rows))
    row, column = divmod((frame_number - 1) % (across * down), across)
    return column * int(header.Columns), row * int(header.Rows)
