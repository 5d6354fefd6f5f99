"""The demo's letter box: what Django wrote into files, newest first, as text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from portal.demo.mailbox import newest


def _send(folder: Path, subject: str, text: str, age: int) -> None:
    """Write a mail as the demo does, `age` seconds ago."""
    before = set(folder.glob("*.log"))
    connection = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(folder))
    mail = EmailMultiAlternatives(subject, text, "no-reply@x.example", ["ann@x.example"], connection=connection)
    mail.attach_alternative("<p>not this</p>", "text/html")
    mail.send()
    (made,) = set(folder.glob("*.log")) - before
    # Django's name for the file holds a second and an address in memory: the next mail may get the same.
    made = made.rename(folder / f"{age}.log")
    os.utime(made, (1_700_000_000 - age,) * 2)


def test_mails_are_read_newest_first_in_their_text_form(tmp_path: Path) -> None:
    _send(tmp_path, "Älter", "Grüße\nhttp://127.0.0.1:8000/s/abc/", 60)
    _send(tmp_path, "Newer", "x" * 200, 0)
    mails = newest(tmp_path)
    assert [mail.subject for mail in mails] == ["Newer", "Älter"]
    assert mails[1].recipient == "ann@x.example"
    assert mails[1].text.splitlines() == ["Grüße", "http://127.0.0.1:8000/s/abc/"]


def test_no_mail_and_no_folder_are_the_same(tmp_path: Path) -> None:
    assert newest(tmp_path / "absent") == []


@pytest.mark.django_db
def test_text_is_never_taken_as_html_and_links_can_be_followed(tmp_path: Path) -> None:
    _send(tmp_path, "<script>1</script>", "<script>2</script> http://127.0.0.1:8000/s/abc/", 0)
    page = render_to_string("demo/mail.html", {"mails": newest(tmp_path)})
    assert "<script>1" not in page
    assert "<script>2" not in page
    assert 'href="http://127.0.0.1:8000/s/abc/"' in page
