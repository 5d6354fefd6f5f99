"""Other planes of the CT through HTTP, gate, queue and workers: the first of them, and those that follow."""

from __future__ import annotations

import time
from statistics import median

from bench import loads, studies
from bench.rendering import Row
from bench.viewer import Site, next_window
from viewer.params import RUN_MOST

ROUNDS, FIRST_MOST = 3, 2000.0


def rows(site: Site) -> list[Row]:
    """Return how long the first plane takes, and how long each takes in runs, for each kind of plane."""
    gathered = [first(site, "from the PACS", is_decoded=False), first(site, "decoded", is_decoded=True)]
    names = ("coronal", "sagittal", "axial", "coronal-mip20", "axial-mip20")
    return [*gathered, *(_following(site, name) for name in names)]


def first(site: Site, how: str, *, is_decoded: bool) -> Row:
    """Return how long it takes until a plane of a volume is there that nobody has gathered."""
    taken = median(_first(site, is_decoded=is_decoded) for _ in range(ROUNDS))
    what = f"first coronal plane of 300 slices, {how}"
    return Row(what, taken, "limit", FIRST_MOST) if is_decoded else Row(what, taken)


def _address(site: Site, name: str) -> str:
    return site.frames.replace("/frames/", f"~{name}/frames/")


def _first(site: Site, *, is_decoded: bool) -> float:
    site.forget()
    if is_decoded:
        site.sweep()
    began = time.perf_counter()
    site.median([f"{_address(site, 'coronal')}150?window={next_window()}"])
    return (time.perf_counter() - began) * 1000


def _following(site: Site, name: str) -> Row:
    """Return milliseconds for each plane in runs, one run after the other, each at a window of its own."""
    starts = range(1, studies.SLICES - RUN_MOST, RUN_MOST)
    numbers = [list(range(start, start + RUN_MOST)) for start in starts]
    paths = [f"{_address(site, name)}?numbers={','.join(map(str, run))}&window={next_window()}" for run in numbers]
    taken = loads.median(site.stack.url, site.headers, paths)
    return Row(f"{name} planes in runs, gathered: each", taken / RUN_MOST, "limit", 10.0)
