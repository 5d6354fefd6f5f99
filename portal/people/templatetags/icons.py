"""`{% load icons %}{% icon "download" %}`: an icon of static/vendor/lucide-static, drawn into the page."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join

register = template.Library()

_FRAME = {
    "viewBox": "0 0 24 24",
    "width": "24",
    "height": "24",
    "fill": "none",
    "stroke": "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "focusable": "false",
}


@cache
def _shapes() -> dict[str, list[tuple[str, dict[str, str]]]]:
    (folder,) = (settings.BASE_DIR / "static" / "vendor").glob("lucide-static-*")
    content: dict[str, list[tuple[str, dict[str, str]]]] = json.loads((folder / "icons.json").read_text("utf-8"))
    return content


@cache
def _drawing(name: str) -> str:
    if name not in _shapes():
        raise template.TemplateSyntaxError(f"There is no icon {name!r}: add it to NAMES in tools/vendor.")
    return format_html_join("", "<{}{}/>", ((tag, flatatt(attributes)) for tag, attributes in _shapes()[name]))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> str:
    """Draw an icon; without `label` it is decoration beside a word, with it screen readers say the label."""
    naming: dict[str, Any] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    attributes = _FRAME | {"class": f"icon {css}".strip()} | naming
    return format_html("<svg{}>{}</svg>", flatatt(attributes), _drawing(name))
