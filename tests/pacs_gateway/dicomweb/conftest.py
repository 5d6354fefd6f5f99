"""A study of two series in a PACS, with everybody around it, in the folder and in a real Orthanc."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from knox.models import AuthToken

from pacs_gateway import upstream
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.multipart import read_parts
from tests.cast import OWNER, STRANGER, Cast, make_cast
from tests.orthanc import Orthanc
from tests.pacs_gateway.upstream.selection import sample
from tests.synthetic import write_study

NUMBER, OTHER_NUMBER = 9401, 9402
JSON = "application/dicom+json"
XML = 'multipart/related; type="application/dicom+xml"'


@dataclass
class Service:
    """The DICOMweb service with a cast: the owner's study is `study`, the stranger's `other_study`."""

    cast: Cast

    @property
    def study_uid(self) -> str:
        return self.cast.study.study_uid

    def get(self, who: str, path: str, query: Any = None, accept: str | None = JSON, **headers: str) -> Any:
        """Ask as somebody of the cast, as "anonymous", or as "token" (the owner with a bearer token)."""
        return self.asker(who)(path, query, accept, **headers)

    def asker(self, who: str) -> Callable[..., Any]:
        """Return a function that asks as one person, as often as it is called."""
        client, sent = self._client(who)

        def ask(path: str, query: Any = None, accept: str | None = JSON, **headers: str) -> Any:
            accepted = {} if accept is None else {"Accept": accept}
            return client.get(f"/dicomweb{path}", query, headers={**sent, **accepted, **headers})

        return ask

    def _client(self, who: str) -> tuple[Client, dict[str, str]]:
        if who == "anonymous":
            return Client(), {}
        if who == "token":
            return Client(), {"Authorization": f"Bearer {AuthToken.objects.create(self.cast.owner)[1]}"}
        return self.cast.client(who), {}


def body_of(response: HttpResponseBase) -> bytes:
    """Return the whole body, streamed or not."""
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def items_of(response: HttpResponseBase) -> list[dict[str, Any]]:
    """Return the data sets of a DICOM JSON answer."""
    assert response.status_code == 200, response.status_code
    assert response["Content-Type"] == JSON
    found: list[dict[str, Any]] = json.loads(body_of(response))
    return found


@pytest.fixture(scope="session")
def orthanc_pacs_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run an Orthanc that holds the two studies."""
    folder = tmp_path_factory.mktemp("for-orthanc")
    _write(folder)
    with Orthanc() as running:
        running.store(sorted(folder.rglob("*.dcm")))
        yield running.url


def _write(folder: Path) -> tuple[str, str]:
    mine = write_study(folder, OWNER.patient_id, NUMBER, slices=3, series=2, issuer=OWNER.issuer)
    theirs = write_study(folder, STRANGER.patient_id, OTHER_NUMBER, slices=2, issuer=STRANGER.issuer)
    return mine, theirs


@pytest.fixture(scope="session")
def written(pacs_folder: Path) -> tuple[str, str]:
    """Write the two studies into the folder and return their UIDs."""
    uids = _write(pacs_folder)
    upstream.prepare("main", lambda done, total: None)
    return uids


@pytest.fixture
def folder_service(db: None, written: tuple[str, str]) -> Service:
    """Return the service in front of the folder."""
    mine, theirs = written
    cast = make_cast(mine)
    cast.other_study.study_uid = theirs
    cast.other_study.save()
    return Service(cast)


@pytest.fixture
def orthanc_service(folder_service: Service, orthanc_pacs_url: str, settings: Any) -> Service:
    """Return the service in front of the Orthanc."""
    settings.PACS = {"main": PacsConfig("main", "http", orthanc_pacs_url)}
    return folder_service


@pytest.fixture(params=["folder", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def service(request: pytest.FixtureRequest) -> Service:
    """Return the service in front of each of the two in turn."""
    found = request.getfixturevalue(f"{request.param}_service")
    assert isinstance(found, Service)
    return found


def parts_of(response: HttpResponseBase) -> list[tuple[str, bytes]]:
    """Return Content-Type and body of each part; raises Cut when the closing delimiter is missing."""
    found = read_parts(io.BytesIO(body_of(response)).read, response["Content-Type"])
    return [(f"{part.media_type.name}; {part.media_type.transfer_syntax_uid}", b"".join(part.body)) for part in found]


@dataclass
class Stored:
    """One file of the owner's, as the PACS has it; `path` is its address below the service."""

    service: Service
    file: Path

    @property
    def data_set(self) -> pydicom.FileDataset:
        return pydicom.dcmread(self.file)

    @property
    def path(self) -> str:
        found = self.data_set
        return f"/studies/{found.StudyInstanceUID}/series/{found.SeriesInstanceUID}/instances/{found.SOPInstanceUID}"

    def get(self, path: str = "", query: Any = None, accept: str | None = None, **headers: str) -> Any:
        return self.service.get("owner", self.path + path, query, accept, **headers)


Put = Callable[[str], Stored]


@pytest.fixture
def put(db: None, pacs_folder: Path) -> Put:
    """Return a function that gives a file of the shared set, by its name there, to the owner."""

    def give(name: str) -> Stored:
        data_set = pydicom.dcmread(sample(name).path)
        data_set.PatientID, data_set.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
        file = pacs_folder / f"{name.replace(' ', '-')}.dcm"
        pydicom.dcmwrite(file, data_set)
        upstream.prepare("main", lambda done, total: None)
        return Stored(Service(make_cast(data_set.StudyInstanceUID)), file)

    return give
