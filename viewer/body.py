"""Which part of the body a picture shows and from where, in words for everybody (PS3.16 Annex L, PS3.3 C.8.7.1.1.2)."""

from __future__ import annotations

from django.utils.translation import gettext as _


def part_words(code: str) -> str:
    """Return the words for a Body Part Examined, "" for one that is not known."""
    parts = {
        "ABDOMEN": _("belly"),
        "ANKLE": _("ankle"),
        "ARM": _("arm"),
        "BRAIN": _("brain"),
        "BREAST": _("breast"),
        "CHEST": _("chest"),
        "CSPINE": _("spine of the neck"),
        "ELBOW": _("elbow"),
        "EXTREMITY": _("arm or leg"),
        "EYE": _("eye"),
        "FOOT": _("foot"),
        "HAND": _("hand"),
        "HEAD": _("head"),
        "HEART": _("heart"),
        "HIP": _("hip"),
        "JAW": _("jaw"),
        "KIDNEY": _("kidney"),
        "KNEE": _("knee"),
        "LEG": _("leg"),
        "LIVER": _("liver"),
        "LSPINE": _("lower back"),
        "NECK": _("neck"),
        "PELVIS": _("pelvis"),
        "SHOULDER": _("shoulder"),
        "SKULL": _("skull"),
        "SPINE": _("spine"),
        "TSPINE": _("upper back"),
        "WRIST": _("wrist"),
    }
    return parts.get(code, "")


def view_words(code: str) -> str:
    """Return the words for a View Position, "" for one that is not known."""
    # From the front and from the back a picture hangs the same way: as if the person stood before you.
    front, side = _("front view"), _("side view")
    views = {"AP": front, "PA": front, "LL": side, "RL": side, "LAT": side, "LATERAL": side, "ML": side, "LM": side}
    return (views | {"CC": _("view from above"), "MLO": _("slanted view")}).get(code, "")
