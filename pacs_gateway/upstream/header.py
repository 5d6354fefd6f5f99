"""A header that is asked for dozens of attributes for every frame, most of which it does not have.

pydicom finds out that an attribute is missing by an error, and makes a data element of each value that is asked for;
for a CT slice that took longer than its decoding.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.errors import BytesLengthException
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.values import convert_value

from pacs_gateway.upstream.elements import Elements, interned

# Of these a single value depends on nothing but its bytes, and cannot be changed by whoever got it (PS3.5 6.2).
_PLAIN = frozenset({"CS", "DS", "FD", "FL", "IS", "SL", "SS", "UI", "UL", "US"})
_SHORT_BYTES = 64
_ANY_TAG = BaseTag(0x00080008)


class Header(Dataset):
    """A data set that answers as pydicom's do, only sooner."""

    @classmethod
    def of(cls, data_set: Dataset) -> Header:
        """Return a data set with all that pydicom knows of it; it has its elements in common with the one given."""
        header = cls.__new__(cls)
        header.__dict__.update(data_set.__dict__)
        return header

    @classmethod
    def made_of(cls, elements: Elements, *, is_implicit: bool) -> Header:
        """Return the header that the elements of a plain data set are."""
        header = cls(elements.found)
        header.set_original_encoding(is_implicit, True, elements.encoding)
        return header

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the value of a keyword, or the element of a tag; `default` where there is none."""
        tag = _tag_for(key) if isinstance(key, str) else None
        if tag is None:
            return super().get(key, default)
        return self._value(tag) if tag in self._dict else default

    def __getattr__(self, name: str) -> Any:
        tag = _tag_for(name)
        return self._value(tag) if tag is not None and tag in self._dict else super().__getattr__(name)

    def __contains__(self, name: Any) -> bool:
        tag = _tag_for(name) if isinstance(name, str) else None
        return super().__contains__(name) if tag is None else tag in self._dict

    def _value(self, tag: BaseTag) -> Any:
        element = self._dict[tag]
        if isinstance(element, RawDataElement):
            known = _plain_value(element.VR, element.value) if element.is_little_endian else None
            return self[tag].value if known is None else known
        # A sequence is told by pydicom which data set it is in whenever it is asked for.
        return element.value if type(element) is DataElement and element.VR != "SQ" else self[tag].value


@lru_cache(maxsize=1024)
def _tag_for(keyword: str) -> BaseTag | None:
    tag = tag_for_keyword(keyword)
    return None if tag is None else interned(tag)


def _plain_value(kind: str | None, data: bytes | None) -> Any:
    """Return a value as pydicom makes it of bytes; None for what is not plain, or is nothing."""
    if kind not in _PLAIN or not data or len(data) > _SHORT_BYTES:
        return None
    return _converted(kind, data)


@lru_cache(maxsize=4096)
def _converted(kind: str, data: bytes) -> Any:
    try:
        value = convert_value(kind, RawDataElement(_ANY_TAG, kind, len(data), data, 0, False, True))
    except (BytesLengthException, NotImplementedError, ValueError):
        # pydicom has its ways with these.
        return None
    return None if isinstance(value, MultiValue | list) else value
