"""A clinic's own accent colour and logo, served to the browser."""

from __future__ import annotations

import colorsys
import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from pacs_gateway.access.rules import public

COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")
ENOUGH_CONTRAST = 4.5
LIGHT_PAGE, DARK_PAGE = "#f6f8fa", "#1a2229"
WHITE, NEAR_BLACK = "#ffffff", "#06141d"
STEPS = 50
ONE_HOUR = "public, max-age=3600"
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}

RGB = tuple[float, float, float]


def _rgb(color: str) -> RGB:
    red, green, blue = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _with_lightness(color: str, lightness: float) -> str:
    hue, _lightness, saturation = colorsys.rgb_to_hls(*_rgb(color))
    parts = colorsys.hls_to_rgb(hue, lightness, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def readable(color: str, page: str, *, ratio: float = ENOUGH_CONTRAST) -> str:
    """Return `color`, made just as much darker or lighter as it needs to be read on `page`."""
    lightness = colorsys.rgb_to_hls(*_rgb(color))[1]
    goal = 0.0 if _luminance(page) > 0.5 else 1.0
    for step in range(STEPS):
        candidate = _with_lightness(color, lightness + (goal - lightness) * step / STEPS) if step else color
        if contrast(candidate, page) >= ratio:
            return candidate
    return NEAR_BLACK if goal == 0.0 else WHITE


def _tokens(color: str, page: str) -> str:
    accent, strong = readable(color, page), readable(color, page, ratio=ENOUGH_CONTRAST * 1.6)
    on_accent = WHITE if contrast(WHITE, accent) >= contrast(NEAR_BLACK, accent) else NEAR_BLACK
    return f":root:root{{--accent:{accent};--accent-strong:{strong};--on-accent:{on_accent}}}"


def theme_css(color: str) -> str:
    """Return the accent tokens for light and dark; nothing when `color` is not written like #0b5d86."""
    if not COLOR.match(color):
        return ""
    return f"{_tokens(color, LIGHT_PAGE)}@media (prefers-color-scheme:dark){{{_tokens(color, DARK_PAGE)}}}\n"


@public()
def theme(request: HttpRequest) -> HttpResponse:
    """Answer the clinic's accent colour as CSS."""
    css = theme_css(settings.CLINIC_ACCENT)
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers={"Cache-Control": ONE_HOUR})


@public()
def logo(request: HttpRequest) -> HttpResponseBase:
    """Answer the picture file that CLINIC_LOGO names."""
    path = Path(settings.CLINIC_LOGO)
    kind = LOGO_TYPES.get(path.suffix.lower())
    if not settings.CLINIC_LOGO or kind is None or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type=kind, headers={"Cache-Control": ONE_HOUR})
