"""Render one frame of a local DICOM file to a PNG or JPEG: `manage.py render FILE -o out.png`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import BadRequest
from django.core.management.base import BaseCommand, CommandParser

from viewer.localfile import read_frame
from viewer.params import SIZE_LEAST, SIZE_MOST, parse_window
from viewer.rendering import CannotRender, RenderOptions, Window, render

MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


def _window(text: str) -> Window:
    try:
        return parse_window(text)
    except BadRequest as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _joined(argv: list[str]) -> list[str]:
    """Return `--window -600,1500` as `--window=-600,1500`: argparse takes a leading minus for another option."""
    joined: list[str] = []
    for word in argv:
        if joined and joined[-1] == "--window" and word[:1] == "-" and word[1:2].isdecimal():
            joined[-1] = f"--window={word}"
        else:
            joined.append(word)
    return joined


def _within(least: int, most: int) -> Any:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most} is needed")
        return int(text)

    return number


def _picture_path(text: str) -> Path:
    if Path(text).suffix.lower() not in MEDIA_TYPES:
        raise argparse.ArgumentTypeError("the name must end in .png or .jpg")
    return Path(text)


class Command(BaseCommand):
    """Render with the viewer's own code, without a PACS; exit code 2 and one line when it cannot be done."""

    help = "Render one frame of a local DICOM file to a PNG or JPEG."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv(_joined(argv))

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # A mistake is told in one line.
        parser.print_usage = lambda file=None: None  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("-o", "--output", type=_picture_path, required=True, metavar="OUT.png")
        parser.add_argument("--frame", type=_within(1, 10**6), default=1, metavar="N", help="counted from 1")
        parser.add_argument("--window", type=_window, metavar="C,W[,FUNC]", help="center, width, VOI LUT function")
        parser.add_argument("--size", type=_within(SIZE_LEAST, SIZE_MOST), metavar="PX", help="longest side")
        parser.add_argument("--quality", type=_within(1, 100), default=85, metavar="Q", help="of a JPEG")

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path = options["output"]
        wanted = RenderOptions(
            window=options["window"],
            size=options["size"],
            media_type=MEDIA_TYPES[output.suffix.lower()],
            quality=options["quality"],
        )
        try:
            header, data, syntax = read_frame(options["file"], options["frame"])
            picture = render(header, data, syntax, options["frame"], wanted)
            output.write_bytes(picture.data)
        except CannotRender as error:
            self._stop(str(error))
        except OSError as error:
            self._stop(error.strerror or "the file cannot be read or written")
        self.stdout.write(f"{output.name}: {picture.width} x {picture.height} px")

    def _stop(self, sentence: str) -> NoReturn:
        self.stderr.write(f"render: {sentence}")
        sys.exit(2)
