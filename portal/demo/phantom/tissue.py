"""What the made-up person is made of, and how each tissue looks in a CT and in an MR."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np


class Tissue(enum.IntEnum):
    """What a voxel is made of; the order is the row in each modality's table."""

    AIR = 0
    SKIN = 1
    FAT = 2
    MUSCLE = 3
    LUNG = 4
    FISSURE = 5
    VESSEL = 6
    HEART = 7
    BLOOD = 8
    VEIN = 9
    CORTEX = 10
    MARROW = 11
    CARTILAGE = 12
    DISC = 13
    CSF = 14
    CORD = 15
    LIVER = 16
    BILE = 17
    SPLEEN = 18
    PANCREAS = 19
    KIDNEY = 20
    MEDULLA = 21
    BOWEL = 22
    FLUID = 23
    STOOL = 24
    NODULE = 25
    TABLE = 26
    FOAM = 27


@dataclass(frozen=True, slots=True)
class Look:
    """How a tissue looks: Hounsfield units with their grain, and the T2-weighted signal."""

    hounsfield: int
    grain: int
    signal: int


LOOKS = {
    Tissue.AIR: Look(-1000, 0, 3),
    Tissue.SKIN: Look(30, 12, 300),
    Tissue.FAT: Look(-104, 7, 700),
    Tissue.MUSCLE: Look(58, 8, 150),
    Tissue.LUNG: Look(-868, 22, 26),
    Tissue.FISSURE: Look(-700, 15, 60),
    Tissue.VESSEL: Look(110, 0, 110),
    Tissue.HEART: Look(112, 8, 215),
    Tissue.BLOOD: Look(235, 4, 40),
    Tissue.VEIN: Look(168, 4, 60),
    Tissue.CORTEX: Look(760, 60, 22),
    Tissue.MARROW: Look(205, 60, 420),
    Tissue.CARTILAGE: Look(118, 20, 180),
    Tissue.DISC: Look(82, 10, 380),
    Tissue.CSF: Look(12, 3, 980),
    Tissue.CORD: Look(38, 3, 330),
    Tissue.LIVER: Look(112, 5, 205),
    Tissue.BILE: Look(8, 2, 960),
    Tissue.SPLEEN: Look(128, 5, 390),
    Tissue.PANCREAS: Look(96, 14, 260),
    Tissue.KIDNEY: Look(192, 8, 430),
    Tissue.MEDULLA: Look(138, 8, 560),
    Tissue.BOWEL: Look(92, 8, 240),
    Tissue.FLUID: Look(14, 5, 880),
    Tissue.STOOL: Look(-40, 110, 320),
    Tissue.NODULE: Look(42, 6, 400),
    Tissue.TABLE: Look(-180, 0, 3),
    Tissue.FOAM: Look(-940, 0, 3),
}


def table(field: str) -> np.ndarray:
    """Return one field of every tissue's look, float32, by Tissue."""
    return np.array([getattr(LOOKS[tissue], field) for tissue in Tissue], np.float32)
