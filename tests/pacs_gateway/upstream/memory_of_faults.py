"""Meet the faults told as [[fault, call, URL], …] on standard input; print by how many bytes each grew this process."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

from pacs_gateway.upstream import dicomweb, query
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.pacs_gateway.upstream.faults import CALLS, FAULTS
from tests.pacs_gateway.upstream.selection import sample


def _most() -> int:
    """Return the most memory that this process ever held; getrusage would tell that of its parent as well."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    dicomweb.SECONDS = query.SECONDS = 1.0
    one, grown = sample("native"), {}
    before = _most()
    for fault, call, url in json.load(sys.stdin):
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", url)))
        with suppress(*filter(None, [FAULTS[fault].error])):
            CALLS[call](pacs, one)
        grown[f"{fault}: {call}"] = _most() - before
    json.dump(grown, sys.stdout)


if __name__ == "__main__":
    main()
