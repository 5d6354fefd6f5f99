"""`make bench`: measure, print a table, and write var/bench.json beside it."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from pathlib import Path

from bench import planes, rendering, viewer
from bench.rendering import Row
from bench.stack import Stack

OUT = Path(__file__).resolve().parents[1] / "var" / "bench.json"


def _line(row: Row) -> str:
    peer = f"{row.peer:<18} {row.peer_milliseconds:8.3f} ms  ratio {row.ratio:5.2f}" if row.peer_milliseconds else ""
    return f"{row.what:<52} {row.milliseconds:8.3f} ms  {peer}"


def main() -> None:
    """Run every benchmark."""
    measured = rendering.rows()
    with Stack() as stack:
        site, peers = viewer.start(stack)
        measured += viewer.rows(site, peers)
        measured += viewer.stages(site, peers)
        measured += planes.rows(site)
    for row in measured:
        print(_line(row))
    OUT.parent.mkdir(exist_ok=True)
    facts = {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "rows": [
            {"what": r.what, "ms": r.milliseconds, "peer": r.peer, "peer_ms": r.peer_milliseconds, "ratio": r.ratio}
            for r in measured
        ],
    }
    OUT.write_text(json.dumps(facts, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
