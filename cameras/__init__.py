"""Cameras of every kind behind one interface: a source's name in, the newest frame out. Knows no server and no screen.

OpenCV, Pillow and httpx stay in here; what needs no camera does not import this package.
"""

from cameras.frame import Frame, Image
from cameras.looks import Looks
from cameras.opening import open_camera
from cameras.reading import Camera, CameraState
from cameras.source import CameraSettings, camera_settings

__all__ = ["Camera", "CameraSettings", "CameraState", "Frame", "Image", "Looks", "camera_settings", "open_camera"]
