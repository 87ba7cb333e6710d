"""Decode one photograph in a process of its own: `KIND REDUCTION MOST_BYTES MOST_SECONDS`, file in, pixels out.

It knows nothing of the server. Out come width and height as two big-endian numbers, then RGB; on failure a sentence.
"""

import io
import sys

MAJOR_BRANDS = {"HEIC": b"heic", "AVIF": b"avif"}


def main(kind: str, reduction: int, most_bytes: int, most_seconds: int) -> None:
    _limit(most_bytes, most_seconds)
    data = sys.stdin.buffer.read()
    if kind in MAJOR_BRANDS:
        # What a file calls itself first is any of what it may be read as; libraries know some of them.
        data = data[:8] + MAJOR_BRANDS[kind] + data[12:]
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the size was looked at before
    image: Image.Image
    if kind == "HEIC":
        import pi_heif

        pi_heif.options.DECODE_THREADS = 1
        image = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True).to_pillow()
    else:
        image = Image.open(io.BytesIO(data), formats=[kind])
        if kind == "JPEG":
            image.draft("RGB", (max(image.width // reduction, 1), max(image.height // reduction, 1)))
        else:
            image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    rgb = image.convert("RGB")
    out = sys.stdout.buffer
    out.write(rgb.width.to_bytes(4, "big") + rgb.height.to_bytes(4, "big"))
    out.write(rgb.tobytes())
    out.flush()


def _limit(most_bytes: int, most_seconds: int) -> None:
    try:
        import resource
    except ImportError:  # Windows; there the time alone is limited
        return
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    try:
        main(sys.argv[1], *map(int, sys.argv[2:5]))
    except Exception as error:  # noqa: BLE001 - whatever a decoder raises is the answer
        sys.exit(f"{type(error).__name__}: {error}")
