"""How bytes are spoiled: a little, so that they get far before somebody notices."""

from __future__ import annotations

from hypothesis import strategies as st

_LENGTHS = [0, 1, 2, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]


@st.composite
def spoiled(draw: st.DrawFn, whole: bytes) -> bytes:
    """Change a few bytes, most of them near the beginning; perhaps cut the end off, or write something twice."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 8))):
        end = draw(st.sampled_from([160, 1024, len(data)]))
        place = draw(st.integers(0, max(min(end, len(data)) - 1, 0)))
        change = draw(
            st.one_of(
                st.binary(min_size=1, max_size=4),
                st.sampled_from(_LENGTHS).map(lambda length: length.to_bytes(4, "little")),
                st.sampled_from(_LENGTHS).map(lambda length: length.to_bytes(4, "big")),
            )
        )
        data[place : place + len(change)] = change
    if draw(st.booleans()):
        start = draw(st.integers(0, len(data)))
        data[start:] = data[draw(st.integers(0, start)) :] if draw(st.booleans()) else b""
    return bytes(data)
