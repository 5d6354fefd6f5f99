"""A study that comes into a real Orthanc is soon in its patient's list, told of by deploy/lightbox.lua."""

from __future__ import annotations

import io
import secrets
import sys
import time
from collections.abc import Iterator

import pytest
import requests

from bench.stack import Stack
from tests.deploy.site import DEPLOY
from tests.synthetic import ct_slice

pytestmark = [pytest.mark.orthanc, pytest.mark.stack, pytest.mark.timeout(400)]
SECRET = secrets.token_hex(24)
LONGEST_SECONDS = 30


@pytest.fixture(scope="module")
def told_stack() -> Iterator[Stack]:
    """Run the product with an Orthanc that tells it of each study."""
    settings = {"LuaScripts": [str(DEPLOY / "lightbox.lua")], "StableAge": 1}
    with Stack(settings, {"PACS_MAIN_HOOK_SECRET": SECRET, "LIGHTBOX_HOOK_SECRET": SECRET}) as running:
        yield running


def until_listed(stack: Stack, token: str) -> float:
    """Return how long it takes until a study is in the list."""
    began = time.monotonic()
    while time.monotonic() - began < LONGEST_SECONDS:
        page = requests.get(f"{stack.url}/scans/", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        if "card-link" in page.text:
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError("the study did not come")


def test_a_study_stored_in_orthanc_is_soon_there_for_its_patient(told_stack: Stack) -> None:
    token = told_stack.token("hook@x.example", "P-HOOK")
    file = io.BytesIO()
    ct_slice("P-HOOK", 9002, 1, 1).save_as(file, enforce_file_format=True)
    told_stack.orthanc.store([file.getvalue()])
    sys.stdout.write(f"From Orthanc to the patient's list: {until_listed(told_stack, token):.1f} s\n")
