"""The environment of the demo: below one folder, refused in words where it cannot work."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from pacs_gateway.upstream.config import parse_pacs
from portal.demo import setting
from portal.demo.setting import CannotStart


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    key = setting.secret_key(path)
    assert len(key) >= 50
    assert setting.secret_key(path) == key
    assert setting.secret_key(tmp_path / "other") != key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_folders_with_blanks_and_umlauts_reach_the_pacs_setting_whole(tmp_path: Path) -> None:
    own = tmp_path / "my scäns #1"
    own.mkdir()
    configs = parse_pacs(setting.pacs_setting(tmp_path / "v a r", own), {})
    assert {name: config.folder for name, config in configs.items()} == {
        "main": tmp_path / "v a r" / "demo" / "dicom",
        "own": own,
    }


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="is not a folder"):
        setting.pacs_setting(tmp_path, tmp_path / "absent")


def test_sockets_stay_in_the_folder_unless_its_path_is_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = Path(tempfile.mkdtemp(prefix="v"))
    assert setting.socket_folder(short) == short / "run"
    long = short / ("ä" * 60)
    monkeypatch.setattr("atexit.register", lambda *args, **kwargs: None)
    made = setting.socket_folder(long)
    assert len(os.fsencode(made)) < setting.SOCKET_FOLDER_MOST
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_pacs_of_the_caller_s_environment_does_not_leak_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PACS_MAIN_USER": "u", "PACS_MAIN_PASSWORD": "p", "HOME": "/"})
    setting.apply(tmp_path, 8000, None, "unix:///b", "unix:///c")
    assert not [name for name in os.environ if name.startswith("PACS_")]
    assert os.environ["LIGHTBOX_MODE"] == "demo"
    assert os.environ["SITE_URL"] == "http://127.0.0.1:8000"
