"""What calculated pictures are called, what is said on each of them, and why a series has none."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from viewer.manifest import SeriesEntry
from viewer.rendering.notvolume import NotVolume
from viewer.rendering.orientation import Orientation
from viewer.rendering.reformat import WHOLE

# Planes that lean less than this against the patient's look straight.
LEAN_LEAST = 1.0


def label(orientation: Orientation, slab: float) -> str:
    """Return what a calculated series is called in a list."""
    plane = {
        Orientation.AXIAL: _("Axial"),
        Orientation.CORONAL: _("Coronal"),
        Orientation.SAGITTAL: _("Sagittal"),
    }[orientation]
    if slab == WHOLE:
        return _("%(plane)s MIP") % {"plane": plane}
    return _("%(plane)s MIP, %(slab)s mm") % {"plane": plane, "slab": f"{slab:g}"} if slab else plane


def note(series: SeriesEntry) -> str:
    """Return what is said on every picture of a calculated series: that it is, and of what."""
    grid = series.grid
    said = [
        _("Calculated: %(label)s") % {"label": label(grid.orientation, grid.slab)},
        _("From slices %(gap)s mm apart") % {"gap": number_format(f"{grid.lattice.spacing[0]:.3g}")},
    ]
    if grid.lattice.lean >= LEAN_LEAST:
        said.append(_("Tilted by %(degrees)s° like the slices") % {"degrees": round(grid.lattice.lean)})
    return ". ".join(said)


def refusal(not_volume: str) -> str:
    """Return why a series is not shown in other planes."""
    return {
        NotVolume.FEW: _("There are too few slices."),
        NotVolume.NO_PLACE: _("The files do not say where the slices lie."),
        NotVolume.SIZES: _("The slices are of different sizes."),
        NotVolume.TURNED: _("The slices do not all lie the same way."),
        NotVolume.VALUES: _("The values of the slices cannot be compared."),
        NotVolume.REPEATED: _("Several slices lie in the same place."),
        NotVolume.UNEVEN: _("Slices are missing, or lie at different distances."),
        NotVolume.SHEARED: _("The scanner was tilted."),
        NotVolume.OBLIQUE: _("The slices lie too much across the axes of the body."),
        NotVolume.TOO_LARGE: _("There is too much to calculate with."),
    }[NotVolume(not_volume)]


def gathering(gathered: tuple[int, int] | None) -> str:
    """Return how far the gathering of slices is, "" when nobody is at it."""
    if gathered is None or gathered[0] >= gathered[1]:
        return ""
    return _("%(done)s of %(of)s pictures are gathered.") % {"done": gathered[0], "of": gathered[1]}
