"""Each fault ends in its error and status within its deadline, costs little memory, and leaves nothing in the cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from pacs_gateway.access.grant import sign
from pacs_gateway.errors import PacsError, PacsUnavailable
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig, parse_pacs
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from portal.outage import answer_for
from tests.fakes.faulty_pacs import FaultyPacs
from tests.pacs_gateway.upstream.faults import CALLS, CASES, FAULTS, MEGABYTE
from tests.pacs_gateway.upstream.selection import Sample, sample
from viewer import store
from viewer.manifest import key_of
from viewer.params import FrameParams
from viewer.tasks import build_manifest, render_run

REPOSITORY = Path(__file__).resolve().parents[3]
# The bad PACS goes on for a minute and more; on a busy machine a call of some seconds may take this long.
ENDS_WITHIN_SECONDS = 40
RSS_MOST = 64 * MEGABYTE
STATUS = {"PacsUnavailable": 503, "PacsIncomplete": 503, "PacsMismatch": 502}


@pytest.fixture
def one() -> Sample:
    return sample("native")


@pytest.fixture(autouse=True)
def _impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the deadlines where they are what ends the call; a busy machine needs them for the other faults."""
    fault = getattr(request.node, "callspec", None) and FAULTS[request.node.callspec.params["fault"]]
    if fault and fault.error is PacsUnavailable:
        monkeypatch.setattr("pacs_gateway.upstream.dicomweb.SECONDS", 1.0)
        monkeypatch.setattr("pacs_gateway.upstream.dicomweb.LARGE_SECONDS", 1.0)
        monkeypatch.setattr("pacs_gateway.upstream.query.SECONDS", 1.0)


@pytest.mark.parametrize(("fault", "call"), CASES)
def test_each_fault_ends_in_its_error(fault: str, call: str, one: Sample, rf: RequestFactory) -> None:
    error = FAULTS[fault].error
    began = time.monotonic()
    with FaultyPacs(FAULTS[fault].answer(one)) as server:
        pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url)))
        if error is None:
            assert len(CALLS[call](pacs, one)) == (1 if call != "instance" else len(one.path.read_bytes()))
        else:
            with pytest.raises(error) as caught:
                CALLS[call](pacs, one)
            answer = answer_for(rf.get("/", headers={"accept": "application/json"}), caught.value)
            assert answer is not None
            assert answer.status_code == STATUS[error.__name__]
    assert time.monotonic() - began < ENDS_WITHIN_SECONDS


@pytest.mark.parametrize("fault", [name for name, fault in FAULTS.items() if fault.error])
def test_what_failed_is_not_in_the_cache(fault: str, one: Sample, settings: Any) -> None:
    grant = one.grant()
    wanted = [(one.ref.series_uid, one.ref.instance_uid, 1)]
    with FaultyPacs(FAULTS[fault].answer(one)) as server:
        settings.PACS = parse_pacs(f"main={server.url}", {})
        build_manifest(sign(grant))
        render_run(sign(grant), wanted, FrameParams().text)
    assert store._client().keys("lightbox:viewer:answer:*") == []


def test_what_went_well_is_in_the_cache(one: Sample, settings: Any) -> None:
    with FaultyPacs(FAULTS["503, then well"].answer(one)) as server:
        settings.PACS = parse_pacs(f"main={server.url}", {})
        build_manifest(sign(one.grant()))
    assert store.get(key_of(one.grant())) is not None


@pytest.mark.slow
def test_no_fault_costs_much_memory(one: Sample) -> None:
    """The client runs in a process of its own, so that only its memory is measured."""
    servers = [(name, call, FaultyPacs(FAULTS[name].answer(one))) for name, call in CASES]
    for _, _, server in servers:
        server.__enter__()
    try:
        told = [[name, call, server.url] for name, call, server in servers]
        command = [sys.executable, "-m", "tests.pacs_gateway.upstream.memory_of_faults"]
        done = subprocess.run(
            command, input=json.dumps(told), capture_output=True, text=True, cwd=REPOSITORY, env=os.environ, check=False
        )
    finally:
        for _, _, server in servers:
            server.__exit__(None, None, None)
    assert done.returncode == 0, done.stderr[-2000:]
    grown = json.loads(done.stdout)
    assert len(grown) == len(CASES)
    assert {case: size for case, size in grown.items() if size > RSS_MOST} == {}


def test_every_error_of_the_table_has_a_status() -> None:
    errors = {fault.error.__name__ for fault in FAULTS.values() if fault.error}
    assert errors == set(STATUS)
    assert all(issubclass(fault.error, PacsError) for fault in FAULTS.values() if fault.error)
