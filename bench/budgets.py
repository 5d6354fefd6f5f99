"""The budgets of the viewer page, and how a measure stands beside its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `most` is its budget, or with `is_least` its minimum; the ratio to a `peer` is at least `times`."""

    what: str
    value: float
    unit: str
    most: float | None = None
    is_least: bool = False
    peer: str = ""
    peer_value: float | None = None
    times: float | None = None

    @property
    def is_kept(self) -> bool | None:
        """Return whether the budget is kept, None where there is none."""
        if self.most is None:
            return None
        return self.value >= self.most if self.is_least else self.value <= self.most

    @property
    def ratio(self) -> float | None:
        """Return how many times as much the peer needs."""
        return self.peer_value / self.value if self.peer_value is not None and self.value else None


def line(measure: Measure) -> str:
    """Return the measure as a line of the table."""
    words = f"{measure.what:<58} {measure.value:>10.2f} {measure.unit:<8}"
    if measure.most is not None:
        sign = ">=" if measure.is_least else "<="
        words += f" {sign} {measure.most:g}  {'kept' if measure.is_kept else 'MISSED'}"
    if measure.ratio is not None:
        words += f"  {measure.peer} {measure.peer_value:.2f} {measure.unit}, {measure.ratio:.1f} times ours"
        if measure.times is not None:
            words += f", wanted {measure.times:g}: {'kept' if measure.ratio >= measure.times else 'MISSED'}"
    return words
