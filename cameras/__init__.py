"""Read cameras of every kind, and choose which of their pictures to send.

Only `settings` comes without OpenCV, Pillow and httpx2, for the commands that need no camera.
"""
