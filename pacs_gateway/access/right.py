"""What a person may do with a study."""

import enum


class Right(enum.StrEnum):
    """A right on one study; a rule asks for one, a grant holds several."""

    VIEW = "view"
    REPORT = "report"
    DOWNLOAD = "download"
    SHARE = "share"
