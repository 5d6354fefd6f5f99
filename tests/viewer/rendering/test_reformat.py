"""Planes and projections: which side is which, for every way a patient is scanned, and distances that are true."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from viewer.rendering.cut import Cut
from viewer.rendering.lattice import Lattice, Slice
from viewer.rendering.notvolume import NotVolume, NoVolume
from viewer.rendering.orientation import Orientation
from viewer.rendering.reformat import WHOLE, Grid
from viewer.rendering.stretch import stretched
from viewer.rendering.volume import is_at, lattice_of

REPOSITORY = Path(__file__).resolve().parents[3]
AXES = np.eye(3)
# Slices are 3 mm apart, rows 1.5 mm and columns 1 mm; slices, rows and columns are of three different counts.
SLICES, ROWS, COLUMNS = 7, 10, 12
GAP, DOWN, ALONG = 3.0, 1.5, 1.0
Value = Callable[[np.ndarray], np.ndarray]

# How a scanner may lie its rows and columns: each of the patient's axes, both ways.
WAYS = [
    (sign_of_row * AXES[row], sign_of_column * AXES[column])
    for row, column in itertools.permutations(range(3), 2)
    for sign_of_row, sign_of_column in itertools.product((1, -1), repeat=2)
]


def _scanned(
    row: np.ndarray, column: np.ndarray, value: Value, *, is_reversed: bool = False
) -> list[tuple[Slice, np.ndarray]]:
    """Return slices of a patient whose place (0, 0, 0) is in the middle; `value` tells what is where, in mm."""
    normal = np.cross(row, column) * (-1 if is_reversed else 1)
    rows, columns = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    made = []
    for at in range(SLICES):
        corner = normal * GAP * (at - (SLICES - 1) / 2)
        corner = corner - row * ALONG * (COLUMNS - 1) / 2 - column * DOWN * (ROWS - 1) / 2
        places = corner + columns[..., None] * ALONG * row + rows[..., None] * DOWN * column
        pixels = np.rint(value(places)).astype(np.int16)
        made.append((Slice(tuple(corner), (*row, *column), (DOWN, ALONG), (ROWS, COLUMNS)), pixels))
    return made


def _corner(places: np.ndarray) -> np.ndarray:
    """Mark each corner of the patient: 100 to the left, 10 at the back, 1 at the head."""
    marks: np.ndarray = np.where(places > 0, [100, 10, 1], 0).sum(axis=-1)
    return marks


def _slope(places: np.ndarray) -> np.ndarray:
    """Return a value that is different everywhere: 20 per mm to the left, 400 per mm back, 2 per mm up."""
    found: np.ndarray = places @ (20, 400, 2)
    return found


def _frames(grid: Grid, stack: list[tuple[Slice, np.ndarray]], order: tuple[int, ...]) -> list[np.ndarray]:
    numbers = list(range(1, grid.frame_count + 1))
    cut = Cut(grid, numbers)
    for index, at in enumerate(order):
        assert cut.wants(index)
        cut.add(index, stack[at][1])
    return [cut.frame(number) for number in numbers]


def _reformatted(
    row: np.ndarray, column: np.ndarray, value: Value, orientation: Orientation, slab: float = 0.0, **how: bool
) -> tuple[Grid, list[np.ndarray]]:
    stack = _scanned(row, column, value, **how)
    lattice, order = lattice_of([one for one, _ in stack])
    grid = Grid(lattice, orientation, slab)
    return grid, _frames(grid, stack, order)


# What radiologists expect to see: (first frame, last frame), each as its corners top left, top right, bottom left,
# bottom right. The patient's right has 0 hundreds, the front 0 tens, the feet 0 ones.
EXPECTED = {
    Orientation.AXIAL: ([1, 101, 11, 111], [0, 100, 10, 110]),
    Orientation.CORONAL: ([1, 101, 0, 100], [11, 111, 10, 110]),
    Orientation.SAGITTAL: ([1, 11, 0, 10], [101, 111, 100, 110]),
}
LETTERS = {
    Orientation.AXIAL: (1, 0, 0, 0, 1, 0),
    Orientation.CORONAL: (1, 0, 0, 0, 0, -1),
    Orientation.SAGITTAL: (0, 1, 0, 0, 0, -1),
}


@pytest.mark.parametrize("is_reversed", [False, True], ids=["rising", "falling"])
@pytest.mark.parametrize(("row", "column"), WAYS, ids=lambda way: "".join(f"{part:+.0f}" for part in way))
@pytest.mark.parametrize("orientation", Orientation)
class TestEveryWayOfScanning:
    """All 24 ways to lay rows and columns along the patient's axes, slices counted up and down."""

    def test_each_corner_of_the_patient_is_where_a_radiologist_looks_for_it(
        self, row: np.ndarray, column: np.ndarray, orientation: Orientation, is_reversed: bool
    ) -> None:
        grid, frames = _reformatted(row, column, _corner, orientation, is_reversed=is_reversed)
        seen = tuple([int(at[0, 0]), int(at[0, -1]), int(at[-1, 0]), int(at[-1, -1])] for at in (frames[0], frames[-1]))
        assert seen == EXPECTED[orientation]
        assert grid.directions == LETTERS[orientation]

    def test_every_pixel_shows_the_place_that_the_geometry_says(
        self, row: np.ndarray, column: np.ndarray, orientation: Orientation, is_reversed: bool
    ) -> None:
        grid, frames = _reformatted(row, column, _slope, orientation, is_reversed=is_reversed)
        right, down = np.array(grid.directions[:3]), np.array(grid.directions[3:])
        rows, columns = np.meshgrid(*map(np.arange, grid.size), indexing="ij")
        for number, pixels in enumerate(frames, 1):
            assert pixels.shape == grid.size
            across, below = columns[..., None] * grid.spacing[1] * right, rows[..., None] * grid.spacing[0] * down
            places = np.array(grid.position(number)) + across + below
            assert np.abs(pixels - _slope(places)).max() <= 1

    def test_a_whole_projection_has_the_same_sides(
        self, row: np.ndarray, column: np.ndarray, orientation: Orientation, is_reversed: bool
    ) -> None:
        _, (only,) = _reformatted(row, column, _corner, orientation, WHOLE, is_reversed=is_reversed)
        farthest = {Orientation.AXIAL: 1, Orientation.CORONAL: 10, Orientation.SAGITTAL: 100}[orientation]
        here = [int(only[0, 0]), int(only[0, -1]), int(only[-1, 0]), int(only[-1, -1])]
        assert here == [
            mark // (farthest * 10) * farthest * 10 + farthest + mark % farthest for mark in EXPECTED[orientation][0]
        ]


def _by_hand() -> tuple[Lattice, list[np.ndarray]]:
    """Return an axial volume of 5 slices of 2 x 3 pixels: slices 2 mm apart from feet to head, pixels of 1 mm."""
    slices = [Slice((0, 0, 2.0 * at), (1, 0, 0, 0, 1, 0), (1, 1), (2, 3)) for at in range(5)]
    voxels = [np.array([[0, 1, 2], [3, 4, 5]], np.int16) + 10 * at for at in range(5)]
    return lattice_of(slices)[0], voxels


def _cut(grid: Grid, voxels: list[np.ndarray], number: int, padding: tuple[int, int] | None = None) -> list[list[int]]:
    cut = Cut(grid, [number], padding)
    for index, pixels in enumerate(voxels):
        if cut.wants(index):
            cut.add(index, pixels)
    made: list[list[int]] = cut.frame(number).tolist()
    return made


def test_planes_worked_by_hand() -> None:
    lattice, voxels = _by_hand()
    coronal = [[40 - 5 * row + column for column in range(3)] for row in range(9)]
    assert _cut(Grid(lattice, Orientation.CORONAL), voxels, 1) == coronal
    assert _cut(Grid(lattice, Orientation.CORONAL), voxels, 2) == [[value + 3 for value in row] for row in coronal]
    sagittal = [[42 - 5 * row, 45 - 5 * row] for row in range(9)]
    assert _cut(Grid(lattice, Orientation.SAGITTAL), voxels, 3) == sagittal
    assert _cut(Grid(lattice, Orientation.AXIAL), voxels, 1) == [[40, 41, 42], [43, 44, 45]], "from the head down"
    assert _cut(Grid(lattice, Orientation.AXIAL), voxels, 5) == [[0, 1, 2], [3, 4, 5]]


def test_the_geometry_worked_by_hand() -> None:
    lattice, _ = _by_hand()
    coronal = Grid(lattice, Orientation.CORONAL)
    assert (coronal.size, coronal.spacing, coronal.frame_count, coronal.step) == ((9, 3), (1, 1), 2, 1)
    assert coronal.position(2) == (0, 1, 8)
    axial = Grid(lattice, Orientation.AXIAL)
    assert (axial.size, axial.frame_count, axial.step, axial.position(1)) == ((2, 3), 5, 2, (0, 0, 8))
    assert Grid(lattice, Orientation.CORONAL, WHOLE).position(1) == (0, 0.5, 8)


def test_projections_worked_by_hand() -> None:
    lattice, voxels = _by_hand()
    voxels[2][0, 1] = 99
    assert _cut(Grid(lattice, Orientation.AXIAL, WHOLE), voxels, 1) == [[40, 99, 42], [43, 44, 45]]
    assert _cut(Grid(lattice, Orientation.AXIAL, 4.0), voxels, 5) == [[10, 11, 12], [13, 14, 15]], "slices 1 and 2"
    assert _cut(Grid(lattice, Orientation.AXIAL, 4.0), voxels, 4) == [[20, 99, 22], [23, 24, 25]], "slices 1 to 3"
    assert _cut(Grid(lattice, Orientation.CORONAL, WHOLE), voxels, 1)[4] == [23, 99, 25]
    assert _cut(Grid(lattice, Orientation.CORONAL, 1.0), voxels, 2)[4] == [23, 24, 25], "a slab of one plane is it"


def test_padding_is_never_mixed_into_the_picture() -> None:
    lattice, voxels = _by_hand()
    voxels[1][0, 0], voxels[1][0, 1] = 3000, -2000
    edge = [row[0] for row in _cut(Grid(lattice, Orientation.CORONAL), voxels, 1, (3000, 3000))]
    assert edge == [40, 35, 30, 25, 20, 3000, 3000, 3000, 0]
    whole = _cut(Grid(lattice, Orientation.AXIAL, WHOLE), voxels, 1, (3000, 3000))
    assert whole[0][:2] == [40, 41], "a value that is no picture is not the greatest"
    nothing = [np.full((2, 3), 3000, np.int16)] * 5
    assert _cut(Grid(lattice, Orientation.SAGITTAL, WHOLE), nothing, 1, (3000, 3000)) == [[3000, 3000]] * 9


def test_lines_between_are_rounded_and_the_last_is_the_last() -> None:
    lines = np.array([[0], [10], [30]], np.uint16)
    assert stretched(lines, 3.0, 7, None).ravel().tolist() == [0, 3, 7, 10, 17, 23, 30]
    assert stretched(lines, 1.0, 3, None) is lines
    assert stretched(np.array([[65535], [0]], np.uint16), 2.0, 3, None).ravel().tolist() == [65535, 32768, 0]


@pytest.mark.parametrize("name", ["sagittal", "axial"])
def test_a_run_of_planes_holds_little_of_its_volume(name: str) -> None:
    code = (
        "import sys; import numpy as np; from tests.memory import peak_bytes\n"
        "from viewer.rendering.cut import Cut; from viewer.rendering.lattice import Slice\n"
        "from viewer.rendering.orientation import Orientation\n"
        "from viewer.rendering.reformat import Grid; from viewer.rendering.volume import lattice_of\n"
        "turned, spacing, size = (1, 0, 0, 0, 1, 0), (0.7, 0.7), (512, 512)\n"
        "lattice, _ = lattice_of([Slice((0, 0, 1.0 * at), turned, spacing, size) for at in range(600)])\n"
        "cut = Cut(Grid(lattice, Orientation(sys.argv[1]), 50.0), list(range(200, 216)))\n"
        "before = peak_bytes()\n"
        "for index in range(600): cut.add(index, np.full(size, index, np.int16))\n"
        "for number in range(200, 216): cut.frame(number)\n"
        "print(peak_bytes() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    # The volume itself would be 300 MiB.
    assert int(done.stdout) <= 60 * 1024 * 1024


# --- What makes no volume ---


def _stack(count: int = 8) -> list[Slice]:
    scale = (1.0, -1024.0, "HU")
    return [Slice((-100, -80, 2.5 * at), (1, 0, 0, 0, 1, 0), (0.7, 0.7), (32, 32), scale) for at in range(count)]


def _changed(at: int, **changes: object) -> list[Slice]:
    stack = _stack()
    stack[at] = replace(stack[at], **changes)
    return stack


def _refused() -> Iterator[tuple[NotVolume, list[Slice]]]:
    stack = _stack()
    yield NotVolume.FEW, _stack(4)
    yield NotVolume.NO_PLACE, _changed(3, position=())
    yield NotVolume.NO_PLACE, _changed(0, position=(0, 0, float("nan")))
    yield NotVolume.NO_PLACE, [replace(one, orientation=(1, 0, 0, 1, 0, 0)) for one in stack]
    yield NotVolume.NO_PLACE, _changed(0, spacing=(0, 0.7))
    yield NotVolume.SIZES, _changed(5, size=(32, 64))
    yield NotVolume.SIZES, _changed(5, spacing=(0.7, 0.8))
    yield NotVolume.TURNED, _changed(5, orientation=(1, 0, 0, 0, 0.9962, 0.0872))
    yield NotVolume.TURNED, _changed(5, orientation=(-1, 0, 0, 0, 1, 0))
    yield NotVolume.VALUES, _changed(5, scale=(1.0, 0.0, "HU"))
    yield NotVolume.VALUES, _changed(5, scale=(1.0, -1024.0, "US"))
    yield NotVolume.VALUES, [replace(one, scale=(-1.0, 0.0, "HU")) for one in stack]
    yield NotVolume.REPEATED, [*stack, stack[4]]
    yield NotVolume.REPEATED, [stack[0]] * 8
    yield NotVolume.UNEVEN, stack[:3] + stack[4:]
    yield NotVolume.UNEVEN, stack[:-2] + stack[-1:]
    yield NotVolume.UNEVEN, [_stack(300)[at] for at in range(300) if at != 298]
    yield NotVolume.UNEVEN, _changed(3, position=(-100, -80, 8.0))
    yield NotVolume.SHEARED, [replace(one, position=(-100, -80 + 0.2 * at, 2.5 * at)) for at, one in enumerate(stack)]
    yield NotVolume.OBLIQUE, _turned(40)
    yield NotVolume.TOO_LARGE, [replace(one, size=(8192, 8192)) for one in stack]
    yield NotVolume.TOO_LARGE, [replace(one, spacing=(0.001, 0.001)) for one in stack]


def _turned(degrees: float) -> list[Slice]:
    """Return a stack turned about the patient's left-right axis."""
    sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
    normal = np.array([0, -sine, cosine])
    turned = (1, 0, 0, 0, float(cosine), float(sine))
    return [replace(one, position=tuple(normal * 2.5 * at), orientation=turned) for at, one in enumerate(_stack())]


@pytest.mark.parametrize(
    ("reason", "slices"), list(_refused()), ids=lambda what: str(what) if isinstance(what, str) else ""
)
def test_what_is_no_volume_is_refused_with_its_reason(reason: NotVolume, slices: list[Slice]) -> None:
    with pytest.raises(NoVolume) as refused:
        lattice_of(slices)
    assert refused.value.reason is reason


def test_rounded_positions_are_still_even() -> None:
    slices = [replace(one, position=(-100, -80, round(0.625 * at, 2))) for at, one in enumerate(_stack(300))]
    lattice, order = lattice_of(slices)
    assert lattice.spacing[0] == pytest.approx(0.625, abs=1e-4)
    assert order == tuple(range(300))


def test_slices_in_any_order_are_sorted_along_the_normal() -> None:
    stack = _stack()
    shuffled = [stack[at] for at in (3, 0, 7, 1, 6, 2, 5, 4)]
    lattice, order = lattice_of(shuffled)
    assert [shuffled[at] for at in order] == stack
    assert lattice.origin == stack[0].position
    assert lattice.lean == 0


def test_a_volume_that_leans_a_little_says_how_much() -> None:
    lattice, _ = lattice_of(_turned(12))
    assert lattice.lean == pytest.approx(12)
    coronal = Grid(lattice, Orientation.CORONAL)
    assert coronal.directions[:3] == (1, 0, 0)
    assert coronal.directions[3:] == pytest.approx((0, np.sin(np.radians(12)), -np.cos(np.radians(12))), abs=1e-6)


def test_a_slice_is_only_taken_where_it_belongs() -> None:
    stack = _stack()
    lattice, _ = lattice_of(stack)
    assert all(is_at(lattice, index, one) for index, one in enumerate(stack))
    assert not is_at(lattice, 3, stack[4])
    assert not is_at(lattice, 3, replace(stack[3], size=(32, 64)))
    assert not is_at(lattice, 3, replace(stack[3], spacing=(0.7, 0.71)))
    assert not is_at(lattice, 3, replace(stack[3], position=(-98, -80, 7.5)))
    assert not is_at(lattice, 3, replace(stack[3], orientation=(-1, 0, 0, 0, 1, 0)))
    assert not is_at(lattice, 3, replace(stack[3], position=()))
