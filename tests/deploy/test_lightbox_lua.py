"""The script for Orthanc signs as the site does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator

import pytest
import requests

from tests.deploy.site import DEPLOY
from tests.orthanc import Orthanc

pytestmark = pytest.mark.orthanc
SCRIPT = (DEPLOY / "lightbox.lua").read_text(encoding="utf-8")
KEYS = ["", "key", "k" * 64, "k" * 65, "é" * 80]
# Around the borders of the blocks of SHA-256, 64 bytes each.
LENGTHS = [0, 1, 54, 55, 56, 63, 64, 65, 118, 119, 120, 128, 1000]


@pytest.fixture(scope="module")
def orthanc() -> Iterator[Orthanc]:
    """Run an Orthanc that runs Lua sent to it."""
    with Orthanc({"ExecuteLuaEnabled": True}) as running:
        yield running


@pytest.mark.parametrize("key", KEYS, ids=len)
def test_its_hmac_is_the_one_of_python(orthanc: Orthanc, key: str) -> None:
    lines = [f'print(hex(hmac("{key}", string.rep("\\xa7", {length}))))' for length in LENGTHS]
    script = "\n".join([SCRIPT, *lines]).encode()
    answer = requests.post(f"{orthanc.rest}/tools/execute-script", data=script, timeout=30)
    wanted = [hmac.new(key.encode(), b"\xa7" * length, hashlib.sha256).hexdigest() for length in LENGTHS]
    assert answer.text.split() == wanted


def test_each_nonce_is_another_one(orthanc: Orthanc) -> None:
    script = f"{SCRIPT}\nfor i = 1, 200 do print(nonce()) end".encode()
    found = requests.post(f"{orthanc.rest}/tools/execute-script", data=script, timeout=30).text.split()
    assert len(set(found)) == 200
    assert {len(nonce) for nonce in found} == {32}
