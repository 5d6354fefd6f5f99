"""Rendered resources and thumbnails of the DICOMweb service (PS3.18 8.3.5, 10.4.1.1.3, 10.4.1.1.4)."""
