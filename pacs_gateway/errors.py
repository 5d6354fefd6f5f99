"""What can go wrong with a PACS, named by what the caller does next."""


class PacsError(Exception):
    """Base of the errors below. Their texts never hold an identity, a UID, a host or a body."""


class PacsUnavailable(PacsError):
    """The PACS does not answer, or not in time: try again later (HTTP 503)."""


class PacsBusy(PacsUnavailable):
    """We ask the PACS, or one person asks it through us, for too much at once: try again in a moment (HTTP 503)."""


class PacsNotFound(PacsError):
    """The PACS does not have what was asked for (HTTP 404)."""


class PacsMismatch(PacsError):
    """What came back is not what was asked for: fail closed, raise the alarm, never cache (HTTP 502)."""


class PacsIncomplete(PacsError):
    """Only a part came back, or it was cut off: never shown or handed on as the whole (HTTP 502)."""


class PacsDamaged(PacsIncomplete):
    """An instance came whole, and cannot be read: it is kept like that, and asking again does not help (HTTP 502)."""


class PacsNoPixels(PacsDamaged):
    """An instance says how large its frames are, and holds none."""
