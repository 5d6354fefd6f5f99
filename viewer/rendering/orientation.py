"""The planes of the patient, as radiologists look at them (PS3.3 C.7.6.2.1.1).

Axial from the feet, with the patient's right on the left and the front at the top, frames from head to feet; coronal
from the front, with the patient's right on the left and the head at the top, frames from front to back; sagittal from
the patient's left, with the front on the left and the head at the top, frames from right to left.
"""

from __future__ import annotations

import enum


class Orientation(enum.StrEnum):
    """A plane of the patient."""

    AXIAL = "axial"
    CORONAL = "coronal"
    SAGITTAL = "sagittal"


# For each plane, where frames, rows and columns lead in the patient: the axis (0 to the left, 1 back, 2 up), the way.
WAYS = {
    Orientation.AXIAL: ((2, -1), (1, 1), (0, 1)),
    Orientation.CORONAL: ((1, 1), (2, -1), (0, 1)),
    Orientation.SAGITTAL: ((0, 1), (2, -1), (1, 1)),
}
