"""What the viewer's page and its script are told of a study."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.principal import principal_of
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from viewer import beside, calculated, first, frames, manifest, presets, priors, reformat_links, reformat_words
from viewer.alternative import alt_text, what
from viewer.hanging import Hanging, hang
from viewer.manifest import Manifest, SeriesEntry
from viewer.params import FrameParams, parse_beside, parse_window, sized
from viewer.preferences import preferences_of
from viewer.rendering.notvolume import NotVolume
from viewer.whose import labels

THUMBNAIL_SIZE = 128
PRESET_MODALITIES = {"CT"}


def facts_of_study(grant: StudyGrant) -> dict[str, Any]:
    """Return who and what the study is, as shown on every picture; only what, under an anonymised grant."""
    study = Study.objects.get(key=grant.study_key)
    name, birth_date, patient_id, date = "", None, "", None
    title = " ".join(study.modalities)
    if not grant.anonymised:
        name, birth_date, patient_id = study.readable_patient_name, study.birth_date, study.patient_id
        title, date = study.description or title, study.date
    return {
        "key": study.key,
        "title": title,
        "date": date,
        "patient_name": name,
        "birth_date": birth_date,
        "patient_id": patient_id,
        "labels": labels(name, birth_date, patient_id, date),
    }


def public_series(grant: StudyGrant, entry: SeriesEntry) -> dict[str, Any]:
    """Return a series without its UIDs, and what lies beside it without UIDs too."""
    hidden = {"series_uid", "sop_class_uid", "transfer_syntax_uid", "entries", "frame_of_reference_uid", "positions"}
    hidden |= {"volume", "not_volume", "reformat", "body_part", "view_position", "pyramid", "flavor"}
    facts = {name: getattr(entry, name) for name in entry.__slots__ if name not in hidden}
    facts["states"] = [beside.public(one, grant) for one in entry.states]
    facts["segmentations"] = [beside.public(one, grant) for one in entry.segmentations]
    facts["is_slide"] = entry.pyramid is not None
    facts["presets"] = preset_ids(entry)
    facts["what"] = what(entry)
    # A scout of few slices is no volume, and nobody would think so.
    may_be_volume = entry.volume or entry.not_volume not in ("", NotVolume.FEW)
    facts["planes_url"] = reverse("viewer:planes", args=[grant.study_key, entry.id]) if may_be_volume else ""
    facts["frames_url"] = reverse("viewer:run", args=[grant.study_key, entry.id])
    return facts


def public_manifest(grant: StudyGrant, content: Manifest) -> dict[str, Any]:
    """Return the manifest for the browser."""
    return {"study": facts_of_study(grant), "series": [public_series(grant, entry) for entry in content.series]}


def preset_ids(entry: SeriesEntry) -> list[str]:
    """Return the presets that make sense for a series: those are in Hounsfield units, so CT only."""
    return list(presets.IDS) if entry.modality in PRESET_MODALITIES and not entry.is_color else []


def _asked_window(request: HttpRequest) -> tuple[str, str]:
    """Return the window asked for as (what the URL says, "center,width"); a preset may be named by its id."""
    asked = request.GET.get("window", "")
    preset = presets.find(asked)
    if preset:
        return asked, f"{preset['center']},{preset['width']}"
    if asked:
        parse_window(asked)
    return asked, asked


def _asked_series(request: HttpRequest, content: Manifest) -> SeriesEntry | None:
    asked = request.GET.get("series", "")
    entry = content.find(asked) if asked else next(iter(content.images), None)
    if asked and (entry is None or entry.kind != "image"):
        raise BadRequest(_("This study has no such series."))
    return entry


def _asked_prior(request: HttpRequest, others: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the study to lay beside this one; one that is not theirs is as if there were none."""
    return next((one for one in others if one["key"] == request.GET.get("compare")), None)


def _asked_frame(request: HttpRequest, entry: SeriesEntry) -> int:
    text = request.GET.get("frame", "")
    if not text:
        return entry.middle_frame
    if not (text.isascii() and text.isdecimal() and len(text) < 8) or not 1 <= int(text) <= entry.frame_count:
        raise BadRequest(_("This series has no such picture."))
    return int(text)


def context(request: HttpRequest, grant: StudyGrant) -> dict[str, Any]:
    """Return what the viewer's template needs; raises BadRequest on nonsense in the query."""
    content = manifest.load(grant)
    preferences = preferences_of(principal_of(request))
    asked, window = _asked_window(request)
    entry = _asked_series(request, content)
    others = priors.of(principal_of(request), grant)
    shared = {
        "study": facts_of_study(grant) | {"back_url": reverse("studies:study", args=[grant.study_key])},
        "manifest": content,
        "manifest_url": reverse("viewer:manifest", args=[grant.study_key]),
        "presets_url": reverse("viewer:presets"),
        "preferences": preferences,
        "mode": preferences.mode,
        "may_download": grant.allows(Right.DOWNLOAD),
        "may_share": grant.allows(Right.SHARE) and not grant.anonymised,
        "series": entry,
        "window_text": window,
        "priors": others,
        "compare": _asked_prior(request, others),
        "hanging": hang(content) if not request.GET else Hanging(),
    }
    if entry is None:
        return shared
    number = _asked_frame(request, entry)
    params = parse_beside(FrameParams(window=parse_window(window) if window else None), request.GET, entry)
    asks = {"window": asked, "state": request.GET.get("state", ""), "seg": request.GET.get("seg", "")}
    picture = _picture_context(grant, content, entry, number, asks, params, window)
    planes = reformat_links.context(content.stored(entry), entry, _here(entry, number, asks))
    planes |= gathering_context(grant, entry, number, params)
    return shared | _beside_context(grant, entry, number, params, asks) | planes | picture


def _here(entry: SeriesEntry, number: int, asks: dict[str, str]) -> Callable[..., str]:
    """Return a function that gives the address of this page with some things changed."""

    def here(**changes: str | int) -> str:
        wanted = {"series": entry.id, "frame": number, **asks, **changes}
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    return here


def _beside_context(
    grant: StudyGrant, entry: SeriesEntry, number: int, params: FrameParams, asks: dict[str, str]
) -> dict[str, Any]:
    """Return links to states and segmentations, and the words for those that are on."""
    chosen = (entry.state(asks["state"]), entry.segmentation(asks["seg"]))
    told = [beside.public(one, grant) for one in chosen if one is not None and number in one.frames]
    return {
        "state_id": asks["state"],
        "segmentation_id": asks["seg"],
        "beside_links": beside.links(entry, number, params, _here(entry, number, asks)),
        "legend": next((one["legend"] for one in told if "legend" in one), ()),
        "notes": [note for one in told for note in one["notes"]],
    }


def gathering_context(grant: StudyGrant, entry: SeriesEntry, number: int, params: FrameParams) -> dict[str, Any]:
    """Return the words for who waits for a calculated picture, without JavaScript to be told more."""
    if not entry.reformat or calculated.is_there(grant, entry, number, sized(params, first.size_of(entry))):
        return {}
    words = reformat_words.gathering(calculated.gathered(grant, entry))
    return {"gathering": words or _("The pictures are being gathered.")}


def _picture_context(
    grant: StudyGrant,
    content: Manifest,
    entry: SeriesEntry,
    number: int,
    asks: dict[str, str],
    params: FrameParams,
    window: str,
) -> dict[str, Any]:
    size = first.size_of(entry)
    scale = size / max(entry.rows, entry.columns, 1)
    here = _here(entry, number, asks)
    frames.start(grant, entry, number, sized(params, size))
    return {
        "frame_number": number,
        "frame_url": frame_url(grant, entry, number, size, **asks | {"window": window}),
        "width": round(entry.columns * scale),
        "height": round(entry.rows * scale),
        "here_query": here().removeprefix("?"),
        "previous_url": here(frame=number - 1) if number > 1 else "",
        "next_url": here(frame=number + 1) if number < entry.frame_count else "",
        "series_links": [
            {
                "entry": other,
                "url": here(series=other.id, frame=other.middle_frame, window="", state="", seg=""),
                "thumbnail_url": frame_url(grant, other, other.middle_frame, THUMBNAIL_SIZE),
                "current": other.id == content.stored(entry).id,
            }
            for other in content.images
        ],
        "as_stored_url": here(window=""),
        "preset_links": [
            {"id": p["id"], "label": p["label"], "url": here(window=p["id"]), "current": asks["window"] == p["id"]}
            for p in presets.ALL
            if p["id"] in preset_ids(entry)
        ],
        "picture_text": alt_text(entry, number),
    }


def frame_url(grant: StudyGrant, entry: SeriesEntry, number: int, size: int, **asks: str) -> str:
    """Return the address of a picture; `asks` are window, state and seg as in the query, empty ones left out."""
    query = {"size": size, **{name: value for name, value in asks.items() if value}}
    return reverse("viewer:frame", args=[grant.study_key, entry.id, number]) + "?" + urlencode(query)
