"""A class watched by nobody but a camera: sends what is worth it, and tells who was recognised.

    course.py      joins the course's session, follows it to its end, waits for the next
    lens.py        the camera, open only while it is needed
    recognised.py  pictures to the server, and who is new in them
    reach.py       a server that is sometimes away
    teller.py      what happens, in sentences and values

Knows neither OpenCV nor a terminal.
"""

from client.watch.course import Watch, described, why_over
from client.watch.teller import Teller

__all__ = ["Teller", "Watch", "described", "why_over"]
