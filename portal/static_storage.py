"""Static files under names that hold their content's hash, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Follow the imports of JavaScript modules too, else each module would load under two names."""

    support_js_module_import_aggregation = True
