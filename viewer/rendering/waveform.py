"""From a Waveform Sequence to values in their units (PS3.3 C.10.9)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.companding import EXPANDED
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.waveform_pages import CHANNELS_MOST, SECONDS_ON_PAGE, GroupSize, find_page

# Waveform Bits Allocated and Waveform Sample Interpretation (C.10.9.1.5).
_TYPES = {
    (8, "SB"): "i1",
    (8, "UB"): "u1",
    (8, "MB"): "u1",
    (8, "AB"): "u1",
    (16, "SS"): "i2",
    (16, "US"): "u2",
    (32, "SL"): "i4",
    (32, "UL"): "u4",
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel of a page: `values` (samples,) in `unit`, NaN where nothing was recorded; `skew` in seconds."""

    name: str
    unit: str
    values: np.ndarray
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class WaveformPage:
    """Ten seconds of one multiplex group, from `start` seconds after its beginning."""

    label: str
    start: float
    frequency: float
    channels: tuple[Channel, ...]


def read_page(header: Dataset, frame_number: int, *, is_big_endian: bool = False) -> WaveformPage:
    """Return page `frame_number` (from 1) of a waveform.

    Raises
    ------
    CannotRender : FRAME_OUT_OF_RANGE, DAMAGED when the data is not as long as the header says, UNSUPPORTED_PIXELS for
        samples of a kind that the standard does not know, TOO_LARGE above CHANNELS_MOST channels.
    """
    groups = list(header.WaveformSequence)
    try:
        index, page = find_page([size_of(group) for group in groups], frame_number)
    except LookupError as error:
        raise CannotRender(Reason.FRAME_OUT_OF_RANGE) from error
    group, size = groups[index], size_of(groups[index])
    if size.channels > CHANNELS_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    first = round(page * SECONDS_ON_PAGE * size.frequency)
    samples = _samples(group, size, is_big_endian)[first : first + round(SECONDS_ON_PAGE * size.frequency)]
    definitions = list(group.ChannelDefinitionSequence)
    if len(definitions) != size.channels:
        raise CannotRender(Reason.DAMAGED)
    channels = [_channel(one, samples[:, place], size.frequency) for place, one in enumerate(definitions)]
    label = str(group.get("MultiplexGroupLabel") or "")
    return WaveformPage(label, float(page * SECONDS_ON_PAGE), size.frequency, tuple(channels))


def size_of(group: Dataset) -> GroupSize:
    """Return how large an item of the Waveform Sequence says that it is."""
    return GroupSize(
        int(group.get("NumberOfWaveformChannels") or 0),
        int(group.get("NumberOfWaveformSamples") or 0),
        float(group.get("SamplingFrequency") or 0),
    )


def _samples(group: Dataset, size: GroupSize, is_big_endian: bool) -> np.ndarray:
    """Return stored samples (samples, channels) as floats, NaN where Waveform Padding Value stands."""
    kind = _TYPES.get((int(group.WaveformBitsAllocated), str(group.WaveformSampleInterpretation)))
    if kind is None:
        raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    stored = np.dtype(kind).newbyteorder(">" if is_big_endian else "<")
    data = bytes(group.WaveformData)
    expected = size.samples * size.channels * stored.itemsize
    if not expected <= len(data) <= expected + (expected & 1):
        raise CannotRender(Reason.DAMAGED)
    raw = np.frombuffer(data[:expected], stored).reshape(size.samples, size.channels)
    padding = group.get("WaveformPaddingValue")
    expanded = EXPANDED.get(str(group.WaveformSampleInterpretation))
    values: np.ndarray = (raw if expanded is None else expanded[raw]).astype(np.float64)
    if isinstance(padding, bytes) and len(padding) >= stored.itemsize:
        values[raw == np.frombuffer(padding[: stored.itemsize], stored)[0]] = np.nan
    return values


def _channel(definition: Dataset, stored: np.ndarray, frequency: float) -> Channel:
    """Return the channel in its unit: sample x sensitivity x correction + baseline (C.10.9.1.4.2)."""
    factor = _number(definition, "ChannelSensitivity", 1.0) * _number(
        definition, "ChannelSensitivityCorrectionFactor", 1.0
    )
    values = stored * factor + _number(definition, "ChannelBaseline", 0.0)
    units = next(iter(definition.get("ChannelSensitivityUnitsSequence") or ()), Dataset())
    source = next(iter(definition.get("ChannelSourceSequence") or ()), Dataset())
    name = str(definition.get("ChannelLabel") or source.get("CodeMeaning") or "")
    skew = _number(definition, "ChannelTimeSkew", 0.0) + _number(definition, "ChannelSampleSkew", 0.0) / frequency
    if abs(skew) > SECONDS_ON_PAGE:
        raise CannotRender(Reason.DAMAGED)
    return Channel(short_name(name), str(units.get("CodeValue") or ""), values, skew)


def _number(definition: Dataset, keyword: str, default: float) -> float:
    value = definition.get(keyword)
    number = default if value in (None, "") else float(value)
    if not np.isfinite(number):
        raise CannotRender(Reason.DAMAGED)
    return number


def short_name(meaning: str) -> str:
    """Return the name of a lead as it is written beside its curve: "Lead I (Einthoven)" is "I"."""
    name = meaning.split("(", maxsplit=1)[0].strip()
    return (name[5:] if name.lower().startswith("lead ") else name)[:16]
