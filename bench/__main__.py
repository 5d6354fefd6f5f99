"""`make bench`: measure, print a table, and write var/bench.json beside it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench import large, planes, rendering, studies, viewer
from bench.distant import Distant
from bench.rendering import Row
from bench.stack import Stack

AWAY_MILLISECONDS = 40
OUT = Path(__file__).resolve().parents[1] / "var" / "bench.json"


def _line(row: Row) -> str:
    peer = f"{row.peer:<18} {row.peer_milliseconds:8.3f} ms  ratio {row.ratio:5.2f}" if row.peer_milliseconds else ""
    return f"{row.what:<52} {row.milliseconds:8.3f} ms  {peer}"


def _from_a_folder() -> list[Row]:
    """Measure beside the same Orthanc with the same files in a folder as our PACS."""
    with tempfile.TemporaryDirectory() as folder:
        for number, file in enumerate(studies.ct_stacks()):
            Path(folder, f"{number}.dcm").write_bytes(file)
        with Stack(environment={"PACS": f"main=file://{folder}"}) as stack:
            site, peers = viewer.start(stack)
            return viewer.cold(site, peers[0], "a folder")


def _from_afar() -> list[Row]:
    """Measure with all that is asked of that Orthanc on a long way, by us as by those who ask it themselves."""
    with Distant(AWAY_MILLISECONDS) as way:
        origin = f"http://127.0.0.1:{way.port}"
        stack = Stack(environment={"PACS": f"main={origin}/dicom-web"})
        way.target = stack.orthanc.port
        with stack:
            site, peers = viewer.start(stack)
            pacs = f"an Orthanc {AWAY_MILLISECONDS} ms away"
            rows = viewer.cold(site, replace(peers[0], origin=origin), pacs)
            return [*rows, planes.first(site, f"from {pacs}", is_decoded=False)]


def main() -> None:
    """Run every benchmark."""
    measured = rendering.rows()
    with Stack() as stack:
        site, peers = viewer.start(stack)
        measured += viewer.rows(site, peers)
        measured += viewer.cold(site, peers[0], "that Orthanc")
        measured += viewer.stages(site, peers)
        measured += planes.rows(site)
    measured += _from_a_folder()
    measured += _from_afar()
    measured += large.rows()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {sys.version}"
    print(machine)
    for row in measured:
        print(_line(row))
    OUT.parent.mkdir(exist_ok=True)
    facts = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": machine,
        "rows": [
            {"what": r.what, "ms": r.milliseconds, "peer": r.peer, "peer_ms": r.peer_milliseconds, "ratio": r.ratio}
            for r in measured
        ],
    }
    OUT.write_text(json.dumps(facts, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
