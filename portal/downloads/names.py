"""Names of the files in a download: ours, never taken from the study (PS3.10 8.2: [A-Z0-9_], at most 8 long)."""

from __future__ import annotations

from dataclasses import dataclass

from pacs_gateway.refs import InstanceRef

MOST = 99_999
FOLDER = "DICOM"


class TooManyFiles(Exception):
    """More series, or instances in one series, than names of eight characters can count."""


@dataclass(frozen=True, slots=True)
class Item:
    """One instance and the name it gets in the ZIP."""

    ref: InstanceRef
    name: str


def name_all(refs: list[InstanceRef]) -> list[Item]:
    """Return every instance with its name, series by series, in the order the archive gave them.

    Raises TooManyFiles.
    """
    series: dict[str, list[InstanceRef]] = {}
    for ref in refs:
        series.setdefault(ref.series_uid, []).append(ref)
    if max(len(series), *map(len, series.values())) > MOST:
        raise TooManyFiles
    return [
        Item(ref, f"{FOLDER}/SER{place:05}/IM{number:06}")
        for place, members in enumerate(series.values(), start=1)
        for number, ref in enumerate(members, start=1)
    ]
