"""The product in front of a real Orthanc answers a program that has a token."""

from __future__ import annotations

import io

import pytest
import requests

from bench.stack import Stack
from tests.synthetic import ct_slice

pytestmark = [pytest.mark.orthanc, pytest.mark.stack, pytest.mark.timeout(400)]


def test_a_study_in_orthanc_is_listed_for_its_patient_only(stack: Stack) -> None:
    file = io.BytesIO()
    ct_slice("P-STACK", 9001, 1, 1).save_as(file, enforce_file_format=True)
    stack.orthanc.store([file.getvalue()])
    stack.manage("sync", "--patient", "P-STACK")
    pages = {
        email: requests.get(
            f"{stack.url}/scans/",
            headers={"Authorization": f"Bearer {stack.token(email, patient_id)}"},
            timeout=30,
        ).text
        for email, patient_id in (("stack@x.example", "P-STACK"), ("stranger@x.example", "P-NOBODY"))
    }
    assert "card-link" in pages["stack@x.example"]
    assert "card-link" not in pages["stranger@x.example"]
