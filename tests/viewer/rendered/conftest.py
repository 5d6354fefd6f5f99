"""The DICOMweb service with its cast, as its own tests have it."""

from tests.pacs_gateway.dicomweb.conftest import folder_service, put, written

__all__ = ["folder_service", "put", "written"]
