"""System checks that keep the gate whole: a view without a rule fails the build."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register

from pacs_gateway.access.routes import Route, all_routes
from pacs_gateway.access.rules import Audience

STUDY_NAMES = frozenset({"key", "study_uid"})


def _takes_grant(route: Route) -> bool:
    parameters = inspect.signature(route.pattern.callback).parameters.values()
    return any(p.name == "grant" or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _problems(route: Route) -> list[CheckMessage]:
    if route.rule is None:
        return [Error(f"The route {route.text!r} has no access rule.", id="access.E001")]
    if route.rule.audience is Audience.STUDY and not (len(route.names & STUDY_NAMES) == 1 and _takes_grant(route)):
        hint = "Name the study in the route as <key> or <study_uid> and take `grant` in the view."
        return [Error(f"The study-scoped route {route.text!r} cannot be given a grant.", hint=hint, id="access.E002")]
    return []


@register("access")
def check_every_route_has_a_rule(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Report routes without a rule (E001) and study routes that cannot take a grant (E002)."""
    return [problem for route in all_routes() for problem in _problems(route)]
