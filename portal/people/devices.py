"""Say in words which browser and device a User-Agent header stands for."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that is contained wins: Edge and Opera also say Chrome, Chrome also says Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Macintosh": "Mac",
    "Linux": "Linux",
}


def _first(names: dict[str, str], header: str) -> str:
    return next((name for part, name in names.items() if part in header), "")


def device_name(header: str) -> str:
    """Return for example "Chrome on Android"."""
    browser, system = _first(BROWSERS, header), _first(SYSTEMS, header)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
