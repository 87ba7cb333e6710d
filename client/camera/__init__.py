"""Cameras of every kind behind one interface: a source's name in, the newest frame out. Knows no server and no screen.

OpenCV, Pillow and httpx stay in here; what needs no camera does not import this package.
"""

from client.camera.frame import Frame, Image
from client.camera.looks import Looks
from client.camera.opening import open_camera
from client.camera.reading import Camera, CameraState
from client.camera.source import CameraSettings, camera_settings

__all__ = ["Camera", "CameraSettings", "CameraState", "Frame", "Image", "Looks", "camera_settings", "open_camera"]
