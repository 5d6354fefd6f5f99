"""The PACS setting: what can be meant is read, what cannot is refused with a reason and without secrets."""

import pytest

from pacs_gateway.upstream.config import InvalidPacsSetting, parse_pacs


def test_several_pacs_with_credentials():
    found = parse_pacs(
        "main=file:///data/dicom%20files  other=https://pacs.example/dicom-web/",
        {"PACS_OTHER_USER": "reader", "PACS_OTHER_PASSWORD": "pw", "PACS_ELSE_TOKEN": "unused"},
    )
    assert list(found) == ["main", "other"]
    assert found["main"].is_folder
    assert str(found["main"].folder) == "/data/dicom files"
    assert found["other"].url == "https://pacs.example/dicom-web"
    assert (found["other"].user, found["other"].password) == ("reader", "pw")


def test_nothing_is_no_pacs():
    assert parse_pacs("  ", {}) == {}


def test_secrets_do_not_show_in_the_repr():
    found = parse_pacs("other=https://pacs.example/", {"PACS_OTHER_TOKEN": "hush-hush"})
    assert "hush" not in repr(found)


@pytest.mark.parametrize(
    ("text", "env", "reason"),
    [
        ("main", {}, "name=address"),
        ("main=", {}, "name=address"),
        ("Main=file:///x", {}, "lower-case"),
        ("main=file:///x main=file:///y", {}, "twice"),
        ("main=ftp://host/x", {}, "must begin with"),
        ("main=/data", {}, "must begin with"),
        ("main=file://data/x", {}, "absolute"),
        ("main=file:data", {}, "absolute"),
        ("main=https://", {}, "names no host"),
        ("main=https://host:port/", {}, "malformed"),
        ("main=https://a:hush@host/", {}, "_PASSWORD"),
        ("main=https://host/?token=hush", {}, "query"),
        ("main=file:///x", {"PACS_MAIN_TOKEN": "hush"}, "no credentials"),
        (
            "main=https://host",
            {"PACS_MAIN_TOKEN": "hush", "PACS_MAIN_USER": "u", "PACS_MAIN_PASSWORD": "p"},
            "not both",
        ),
        ("main=https://host", {"PACS_MAIN_USER": "u"}, "needs a password"),
        ("main=https://host", {"PACS_MAIN_CLIENT_KEY": "/k"}, "needs a client certificate"),
        ("main=https://host", {"PACS_MAIN_CA": "/no/such/file"}, "missing"),
        ("main=http://host", {"PACS_MAIN_CA": "/etc/hosts"}, "https"),
        ("main=https://host", {"PACS_MAIN_TOKEN": "hush\r\nX: y"}, "control"),
        ("main=https://host", {"PACS_MAIN_HOOK_SECRET": "hush"}, "32 characters"),
    ],
)
def test_nonsense_is_refused_by_reason(text: str, env: dict[str, str], reason: str):
    with pytest.raises(InvalidPacsSetting, match=reason) as caught:
        parse_pacs(text, env)
    assert "hush" not in str(caught.value)
