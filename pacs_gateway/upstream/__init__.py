"""The only code that talks to a PACS. `connect` is the way in.

The settings import `config` from here, so everything that needs Django or is slow to import waits until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pacs_gateway.errors import PacsUnavailable

if TYPE_CHECKING:
    from pacs_gateway.upstream.base import Pacs
    from pacs_gateway.upstream.catalog import Counts, Progress
    from pacs_gateway.upstream.checked import CheckedPacs
    from pacs_gateway.upstream.config import PacsConfig
    from pacs_gateway.upstream.dicomweb import DicomwebPacs


def names() -> list[str]:
    """Return the names of the PACS in the settings, in the order given there."""
    from django.conf import settings

    return list(settings.PACS)


def connect(name: str) -> CheckedPacs:
    """Return the PACS of that name, its answers checked.

    Raises PacsUnavailable when the settings have none of it, as for a study indexed from a PACS taken away since.
    """
    from pacs_gateway.upstream.checked import CheckedPacs

    return CheckedPacs(_client(_config(name)))


def connect_for_storing(name: str) -> DicomwebPacs:
    """Return the PACS of that name to store into; raises PacsUnavailable for one that cannot be stored into."""
    from pacs_gateway.upstream.dicomweb import DicomwebPacs

    client = _client(_config(name))
    if not isinstance(client, DicomwebPacs):
        raise PacsUnavailable("nothing can be stored into a folder")
    return client


def prepare(name: str, progress: Progress) -> Counts | None:
    """Let a PACS that is a folder read what is new in it, however long that takes; return what it holds.

    Others need no preparation, and None is returned. Raises PacsUnavailable.
    """
    from pacs_gateway.upstream.folder import FolderPacs

    client = _client(_config(name))
    return client.prepare(progress) if isinstance(client, FolderPacs) else None


def _config(name: str) -> PacsConfig:
    from django.conf import settings

    config: PacsConfig | None = settings.PACS.get(name)
    if config is None:
        raise PacsUnavailable("the settings have no PACS of that name")
    return config


def _client(config: PacsConfig) -> Pacs:
    from django.conf import settings

    if config.is_folder:
        from pacs_gateway.upstream.folder import FolderPacs

        return FolderPacs(config.name, config.folder, settings.VAR_DIR / "folders")
    from pacs_gateway.upstream.dicomweb import DicomwebPacs

    return DicomwebPacs(config)
