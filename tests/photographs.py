"""The photographs that set-up fetches, as a folder, a camera or the wire has them; skips where they are missing."""

import io
from pathlib import Path

import pytest
from PIL import Image

FETCHED = Path(__file__).resolve().parent.parent / ".cache" / "photos"


def fetched(name: str) -> Path:
    """The file of a photograph that set-up fetches."""
    if not (FETCHED / name).is_file():
        pytest.skip("the photographs that `make setup` fetches are not in .cache/photos")
    return FETCHED / name


def small(name: str, height: int = 360) -> Image.Image:
    """A photograph as the old camera of 640x360 would have given it."""
    with Image.open(fetched(name)) as image:
        image.load()
        return image.resize((image.width * height // image.height, height), Image.Resampling.LANCZOS)


def side_by_side(*images: Image.Image) -> Image.Image:
    whole = Image.new("RGB", (sum(each.width for each in images), max(each.height for each in images)), "gray")
    left = 0
    for each in images:
        whole.paste(each, (left, 0))
        left += each.width
    return whole


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
