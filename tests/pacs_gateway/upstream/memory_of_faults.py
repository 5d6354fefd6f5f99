"""Meet the faults told as [[fault, call, URL], …] on standard input; print by how many bytes each grew this process."""

from __future__ import annotations

import json
import sys
from contextlib import suppress

from pacs_gateway.errors import PacsError
from pacs_gateway.upstream import dicomweb, query
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from tests.memory import peak_bytes
from tests.pacs_gateway.upstream.faults import CALLS
from tests.pacs_gateway.upstream.selection import sample


def main() -> None:
    dicomweb.SECONDS = dicomweb.LARGE_SECONDS = query.SECONDS = 1.0
    one, grown = sample("native"), {}
    before = peak_bytes()
    for fault, call, url in json.load(sys.stdin):
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", url)))
        with suppress(PacsError):
            CALLS[call](pacs, one)
        grown[f"{fault}: {call}"] = peak_bytes() - before
    json.dump(grown, sys.stdout)


if __name__ == "__main__":
    main()
