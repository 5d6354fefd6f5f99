"""Plain words for a study: "CT scan of the chest" instead of "CT THORAX W/O"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

# Modalities as in PS3.3 C.7.3.1.1.1, the telling ones first: a CT study may also hold drawings and a report.
_KINDS: dict[str, str | Promise] = {
    "CT": gettext_lazy("CT scan"),
    "MR": gettext_lazy("MRI scan"),
    "PT": gettext_lazy("PET scan"),
    "NM": gettext_lazy("Nuclear medicine scan"),
    "MG": gettext_lazy("Mammogram"),
    "US": gettext_lazy("Ultrasound"),
    "IVUS": gettext_lazy("Ultrasound"),
    "XA": gettext_lazy("X-ray film"),
    "RF": gettext_lazy("X-ray film"),
    "CR": gettext_lazy("X-ray"),
    "DX": gettext_lazy("X-ray"),
    "RG": gettext_lazy("X-ray"),
    "IO": gettext_lazy("Dental X-ray"),
    "PX": gettext_lazy("Dental X-ray"),
    "BMD": gettext_lazy("Bone density test"),
    "ES": gettext_lazy("Endoscopy"),
    "ECG": gettext_lazy("Heart tracing (ECG)"),
    "OP": gettext_lazy("Photo of the eye"),
    "OPT": gettext_lazy("Scan of the eye"),
    "XC": gettext_lazy("Photo"),
    "SM": gettext_lazy("Microscope pictures"),
    "SC": gettext_lazy("Pictures"),
    "OT": gettext_lazy("Pictures"),
    "SR": gettext_lazy("Report"),
    "DOC": gettext_lazy("Document"),
}
_PARTS: dict[str, tuple[str | Promise, str]] = {
    "chest": (pgettext_lazy("part of the body", "of the chest"), "chest thorax thoracic lung lungs thx torax"),
    "belly": (pgettext_lazy("part of the body", "of the belly"), "abdomen abdominal abd liver belly abdo"),
    "pelvis": (pgettext_lazy("part of the body", "of the pelvis"), "pelvis pelvic prostate"),
    "head": (
        pgettext_lazy("part of the body", "of the head"),
        "head brain skull cranium cranial cerebral neuro schaedel",
    ),
    "neck": (pgettext_lazy("part of the body", "of the neck"), "neck thyroid larynx carotid"),
    "heart": (pgettext_lazy("part of the body", "of the heart"), "heart cardiac coronary echocardiogram"),
    "spine": (pgettext_lazy("part of the body", "of the spine"), "spine spinal cspine lspine tspine lumbar vertebral"),
    "breast": (pgettext_lazy("part of the body", "of the breast"), "breast breasts mamma"),
    "shoulder": (pgettext_lazy("part of the body", "of the shoulder"), "shoulder clavicle scapula"),
    "elbow": (pgettext_lazy("part of the body", "of the elbow"), "elbow"),
    "arm": (pgettext_lazy("part of the body", "of the arm"), "arm forearm humerus radius ulna"),
    "wrist": (pgettext_lazy("part of the body", "of the wrist"), "wrist"),
    "hand": (pgettext_lazy("part of the body", "of the hand"), "hand hands finger thumb"),
    "hip": (pgettext_lazy("part of the body", "of the hip"), "hip hips"),
    "leg": (pgettext_lazy("part of the body", "of the leg"), "leg legs femur tibia fibula thigh"),
    "knee": (pgettext_lazy("part of the body", "of the knee"), "knee knees patella"),
    "ankle": (pgettext_lazy("part of the body", "of the ankle"), "ankle ankles"),
    "foot": (pgettext_lazy("part of the body", "of the foot"), "foot feet toe toes heel"),
    "kidneys": (pgettext_lazy("part of the body", "of the kidneys"), "kidney kidneys renal urography"),
    "sinuses": (pgettext_lazy("part of the body", "of the sinuses"), "sinus sinuses"),
    "jaw": (pgettext_lazy("part of the body", "of the jaw"), "jaw mandible maxilla teeth dental"),
    "eyes": (pgettext_lazy("part of the body", "of the eyes"), "orbit orbits"),
    "whole body": (pgettext_lazy("part of the body", "of the whole body"), "wholebody"),
}
_TOGETHER: dict[frozenset[str], str | Promise] = {
    frozenset({"chest", "belly"}): pgettext_lazy("part of the body", "of the chest and belly"),
    frozenset({"belly", "pelvis"}): pgettext_lazy("part of the body", "of the belly and pelvis"),
    frozenset({"chest", "belly", "pelvis"}): pgettext_lazy("part of the body", "of the chest, belly and pelvis"),
    frozenset({"head", "neck"}): pgettext_lazy("part of the body", "of the head and neck"),
    frozenset({"chest", "spine"}): pgettext_lazy("part of the body", "of the spine"),
}
_PART_OF_WORD = {word: name for name, (_words, known) in _PARTS.items() for word in known.split()}
_IS_WHOLE_BODY = re.compile(r"whole\W*body", re.IGNORECASE)


def kind_of(modalities: Iterable[str]) -> str:
    """Return what sort of examination it is, in plain words."""
    held = {str(modality).upper() for modality in modalities}
    if {"PT", "CT"} <= held:
        return _("PET-CT scan")
    return next((str(name) for modality, name in _KINDS.items() if modality in held), _("Pictures"))


def part_of(description: str) -> str:
    """Return "of the chest" and the like; "" where the description names no part, or parts we cannot join."""
    words = re.findall(r"[^\W\d_]+", _IS_WHOLE_BODY.sub("wholebody", description).lower())
    found = frozenset(_PART_OF_WORD[word] for word in words if word in _PART_OF_WORD)
    if len(found) == 1:
        return str(_PARTS[next(iter(found))][0])
    return str(_TOGETHER.get(found, ""))


def title_of(modalities: Iterable[str], description: str) -> str:
    """Return the title of a study for people who are not physicians."""
    names = {"kind": kind_of(modalities), "part": part_of(description)}
    return _("%(kind)s %(part)s") % names if names["part"] else names["kind"]
