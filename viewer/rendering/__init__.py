"""Pure functions from DICOM frames to pictures. Nothing here knows of Django, queues, caches or networks."""

from viewer.rendering.decode import decode
from viewer.rendering.frame import DecodedFrame, RenderedFrame, RenderOptions
from viewer.rendering.pipeline import CODEC_VERSION, render, render_decoded
from viewer.rendering.pixeldata import encapsulated_frame, native_frame
from viewer.rendering.planes import encode_planes
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.tile import render_tile
from viewer.rendering.voi import default_windows
from viewer.rendering.window import NamedWindow, VoiFunction, Window

__all__ = [
    "CODEC_VERSION",
    "CannotRender",
    "DecodedFrame",
    "NamedWindow",
    "Reason",
    "RenderOptions",
    "RenderedFrame",
    "VoiFunction",
    "Window",
    "decode",
    "default_windows",
    "encapsulated_frame",
    "encode_planes",
    "native_frame",
    "render",
    "render_decoded",
    "render_tile",
]
