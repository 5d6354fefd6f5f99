"""The product in front of a real Orthanc, as outside programs meet it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.stack import Stack


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Run it for all tests of this folder; each test stores studies of its own."""
    with Stack() as running:
        yield running
