"""What the OpenAPI document says of each view, made of what the view tells of itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from pacs_gateway.dicomweb.mediatypes import DICOM, JSON
from pacs_gateway.dicomweb.offers import Offer
from pacs_gateway.dicomweb.transaction import Parameter, Transaction, transactions_of

_DATA_SETS = {"type": "array", "items": {"type": "object"}}
_INSTANCES = {(f'multipart/related; type="{DICOM}"'): OpenApiTypes.BINARY}
_PROBLEMS = {
    400: "The request cannot be meant.",
    401: "Nobody is signed in, and there is no bearer token.",
    404: "There is no such resource, or it is not the caller's to see.",
    406: "None of the accepted media types can be made.",
    413: "The search is too broad.",
    502: "The archive sent something else than was asked for.",
    503: "The archive does not answer.",
}
_PROBLEM = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("type", "title", "detail")} | {"status": {"type": "integer"}},
}


class PrincipalScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Callers from elsewhere send a bearer token."""

    target_class = "pacs_gateway.access.drf.PrincipalAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def of_the_service(endpoints: list[Any]) -> list[Any]:
    """Keep the views of this service; other programs have their own agreements."""
    return [one for one in endpoints if any(one[2] in told.methods for told in transactions_of(one[-1]))]


def describe(view: Any, transaction: Transaction, text: str) -> None:
    """Attach to a view what the document says of it."""
    for method in transaction.methods:
        extend_schema(
            operation_id=f"{transaction.id}{'' if method == 'GET' else method.title()}",
            summary=transaction.name,
            description=text,
            parameters=[_parameter(one) for one in transaction.parameters],
            request=_INSTANCES if method == "POST" else None,
            responses=_answers(transaction),
            methods=[method],
        )(view)


def _parameter(one: Parameter) -> OpenApiParameter:
    examples = [OpenApiExample("example", value=one.example)] if one.example else []
    return OpenApiParameter(one.name, {"type": one.kind}, description=one.about, examples=examples)


def _answers(transaction: Transaction) -> dict[Any, Any]:
    found: dict[Any, Any] = {(200, offer.content_type): _schema(offer) for offer in transaction.offers}
    for status, text in _PROBLEMS.items():
        found[(status, "application/problem+json")] = OpenApiResponse(_PROBLEM, description=text)
    return found


def _schema(offer: Offer) -> Any:
    return _DATA_SETS if offer.name == JSON else OpenApiTypes.BINARY
