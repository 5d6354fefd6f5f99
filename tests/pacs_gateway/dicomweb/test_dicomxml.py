"""DICOM JSON as the Native DICOM Model."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file

from pacs_gateway.dicomweb.dicomxml import native

_NATIVE = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"


def test_each_kind_of_value_has_its_element() -> None:
    item = {
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane^^Dr", "Phonetic": "ドウ"}]},
        "00080008": {"vr": "CS", "Value": ["ORIGINAL", None, "AXIAL"]},
        "00081140": {"vr": "SQ", "Value": [{}, {"00081155": {"vr": "UI", "Value": ["1.2"]}}]},
        "7FE00010": {"vr": "OW", "BulkDataURI": "http://x/bulkdata/7FE00010"},
        "00091001": {"vr": "LO", "Value": ["private & <odd>\x00"]},
        "00200010": {"vr": "SH"},
    }
    root = fromstring(native(item))
    found = {one.get("tag"): one for one in root}
    assert [one.get("tag") for one in root] == sorted(item)
    group = found["00100010"].find(f"{_NATIVE}PersonName/{_NATIVE}Alphabetic")
    parts = {part.tag.removeprefix(_NATIVE): part.text for part in group}
    assert parts == {"FamilyName": "Doe", "GivenName": "Jane", "NamePrefix": "Dr"}
    values = [(one.get("number"), one.text) for one in found["00080008"]]
    assert values == [("1", "ORIGINAL"), ("2", None), ("3", "AXIAL")]
    assert found["00081140"].findtext(f"{_NATIVE}Item[2]/{_NATIVE}DicomAttribute/{_NATIVE}Value") == "1.2"
    assert found["7FE00010"].find(f"{_NATIVE}BulkData").get("uri") == "http://x/bulkdata/7FE00010"
    assert found["00091001"][0].text == "private & <odd>\ufffd"
    assert "keyword" not in found["00091001"].attrib
    assert len(found["00200010"]) == 0


@pytest.mark.parametrize("name", ["test-SR.dcm", "CT_small.dcm", "rtplan.dcm"])
def test_a_file_has_as_many_attributes_as_before(name: str) -> None:
    data_set = dcmread(Path(str(get_testdata_file(name))), stop_before_pixels=True)
    item = json.loads(data_set.to_json(bulk_data_threshold=10**9))
    root = fromstring(native(item))
    assert len(list(root.iter(f"{_NATIVE}DicomAttribute"))) == sum(1 for _ in data_set.iterall())
