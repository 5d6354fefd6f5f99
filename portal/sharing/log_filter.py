"""Keep tokens of links out of the log: Django names the path of every request that it answers with an error."""

from __future__ import annotations

import logging
import re
from typing import Any

_TOKEN = re.compile(r"(/s/)[^/\s?#'\"]+")
_LOGGERS = ("django.request", "django.server", "django.security.csrf", "django.security")


class HideTokens(logging.Filter):
    """Replaces a link's token in what is logged, and drops the request, which handlers may print whole."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _hide(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_hide(part) for part in record.args)
        request = getattr(record, "request", None)
        if _TOKEN.search(str(getattr(request, "path", ""))):
            record.__dict__.pop("request")
        return True


def _hide(part: Any) -> Any:
    return _TOKEN.sub(r"\1…", part) if isinstance(part, str) else part


def install() -> None:
    """Put the filter on the loggers that name paths."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(HideTokens())


install()
