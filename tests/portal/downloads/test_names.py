"""Names in a download are ours, short and different."""

from __future__ import annotations

import re

import pytest

from pacs_gateway.refs import InstanceRef
from portal.downloads import names


def test_names_count_series_and_instances_in_the_order_given() -> None:
    refs = [InstanceRef("1.2", "1.2.9"), InstanceRef("1.1", "1.1.1"), InstanceRef("1.2", "1.2.1")]
    items = names.name_all(refs)
    assert [(item.name, item.ref) for item in items] == [
        ("DICOM/SER00001/IM000001", refs[0]),
        ("DICOM/SER00001/IM000002", refs[2]),
        ("DICOM/SER00002/IM000001", refs[1]),
    ]
    assert all(re.fullmatch(r"[A-Z0-9_]{1,8}", part) for item in items for part in item.name.split("/"))


def test_more_than_can_be_named_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(names, "MOST", 2)
    with pytest.raises(names.TooManyFiles):
        names.name_all([InstanceRef("1.2", f"1.2.{n}") for n in range(1, 4)])
