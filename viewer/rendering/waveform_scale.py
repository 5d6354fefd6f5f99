"""How high a unit is drawn: 10 mm for a millivolt, or what fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from viewer.rendering.waveform import Channel

# How far a curve may go from its line, in mm; below the margins of the paper.
_REACH_MM = 22.0
_USUAL_MM_PER_MV = (10.0, 5.0, 2.5)
_MILLIVOLTS = {"mV": 1.0, "uV": 1e-3, "V": 1e3, "nV": 1e-6}


@dataclass(frozen=True, slots=True)
class Curve:
    """A channel as drawn: `heights` (samples,) in mm above its line."""

    channel: Channel
    heights: np.ndarray


def scaled(channels: tuple[Channel, ...]) -> tuple[list[Curve], str]:
    """Return the curves, and the scale in words: one for each unit, such as "10 mm/mV"."""
    lifted = [_lifted(channel) for channel in channels]
    units = list(dict.fromkeys(unit for unit, _ in lifted))
    gains = {unit: _gain(unit, [values for own, values in lifted if own == unit]) for unit in units}
    curves = [Curve(channel, values * gains[unit]) for channel, (unit, values) in zip(channels, lifted, strict=True)]
    return curves, "  ".join(_words(unit, gains[unit]) for unit in units)


def _lifted(channel: Channel) -> tuple[str, np.ndarray]:
    """Return (unit, values). Voltages become millivolts around their median: an electrode's offset means nothing."""
    factor = _MILLIVOLTS.get(channel.unit)
    if factor is None:
        return channel.unit, channel.values
    recorded = channel.values[np.isfinite(channel.values)]
    return "mV", (channel.values - (np.median(recorded) if recorded.size else 0)) * factor


def _gain(unit: str, curves: list[np.ndarray]) -> float:
    """Return the first gain, in mm for one unit, at which no curve goes beyond its reach."""
    most = max((float(np.nanmax(np.abs(values))) for values in curves if np.isfinite(values).any()), default=0.0)
    usual = _USUAL_MM_PER_MV if unit == "mV" else ()
    return next(gain for gain in chain(usual, _round_gains(most)) if most * gain <= _REACH_MM)


def _round_gains(most: float) -> Iterator[float]:
    """Yield 10 mm for 1, 2 or 5 times a power of ten, from high to low, beginning where `most` may fit."""
    power = float(np.floor(np.log10(most))) - 1 if most > 0 else 0.0
    while True:
        for step in (1, 2, 5):
            yield float(10 / (step * 10.0**power))
        power += 1


def _words(unit: str, gain: float) -> str:
    return f"{gain:g} mm/mV" if unit == "mV" and gain >= 1 else f"10 mm = {10 / gain:g} {unit}".strip()
