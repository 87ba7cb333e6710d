"""Every image file becomes upright RGB pixels, or a sentence that says what is wrong with it."""

import io
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from server.errors import BadImage, TooLarge
from server.recognition import decode_image
from tests.server.recognition.image_files import (
    BLUE,
    GREEN,
    RED,
    WHITE,
    corner_colours,
    corners,
    encoded,
    exif,
    png_chunk,
    png_of_size,
    with_xmp,
    xmp,
)

FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP")
UPRIGHT = [RED, GREEN, BLUE, WHITE]


class TestGoodImages:
    @pytest.mark.parametrize("name", FORMATS)
    def test_each_format_becomes_contiguous_rgb(self, name: str) -> None:
        pixels = decode_image(encoded(corners(), name))
        assert pixels.dtype == np.uint8
        assert pixels.shape == (32, 48, 3)
        assert pixels.flags.c_contiguous
        assert pixels.flags.writeable
        assert corner_colours(pixels) == UPRIGHT

    @pytest.mark.parametrize("name", ["PNG", "BMP"])
    def test_what_is_stored_without_loss_comes_back_without_loss(self, name: str) -> None:
        noise = np.random.default_rng(3).integers(0, 256, (23, 17, 3), dtype=np.uint8)
        assert np.array_equal(decode_image(encoded(noise, name)), noise)

    def test_a_jpeg_has_the_pixels_that_pillow_gives_it(self) -> None:
        data = encoded(np.random.default_rng(3).integers(0, 256, (61, 47, 3), dtype=np.uint8), "JPEG", quality=85)
        assert np.array_equal(decode_image(data), np.array(Image.open(io.BytesIO(data))))

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
    @pytest.mark.parametrize(
        ("orientation", "stored"),
        [
            (1, [RED, GREEN, BLUE, WHITE]),
            (2, [GREEN, RED, WHITE, BLUE]),
            (3, [WHITE, BLUE, GREEN, RED]),
            (4, [BLUE, WHITE, RED, GREEN]),
            (5, [RED, BLUE, GREEN, WHITE]),
            (6, [GREEN, WHITE, RED, BLUE]),
            (7, [WHITE, GREEN, BLUE, RED]),
            (8, [BLUE, RED, WHITE, GREEN]),
        ],
    )
    def test_exif_turns_the_picture_upright(
        self, name: str, orientation: int, stored: list[tuple[int, int, int]]
    ) -> None:
        size = (48, 32) if orientation < 5 else (32, 48)
        lying = corners(*size)
        half_height, half_width = size[1] // 2, size[0] // 2
        for index, colour in enumerate(stored):
            row, column = divmod(index, 2)
            lying[row * half_height : (row + 1) * half_height, column * half_width : (column + 1) * half_width] = colour
        pixels = decode_image(encoded(lying, name, exif=exif(orientation)))
        assert pixels.shape == (32, 48, 3)
        assert corner_colours(pixels) == UPRIGHT

    def test_exif_of_either_byte_order_is_read(self) -> None:
        data = encoded(corners(), "JPEG", exif=exif(3, ">"))
        assert corner_colours(decode_image(data)) == UPRIGHT[::-1]

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
    @pytest.mark.parametrize("order", ["<", ">"])
    @pytest.mark.parametrize("kind", [1, 4], ids=["BYTE", "LONG"])
    def test_exif_of_another_type_of_number_is_read(self, name: str, order: str, kind: int) -> None:
        data = encoded(corners(), name, exif=exif(3, order, kind))
        assert corner_colours(decode_image(data)) == UPRIGHT[::-1]

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
    @pytest.mark.parametrize("element", [True, False], ids=["element", "attribute"])
    def test_xmp_alone_turns_the_picture_upright(self, name: str, element: bool) -> None:
        data = with_xmp(corners(), name, xmp(3, element=element))
        assert corner_colours(decode_image(data)) == UPRIGHT[::-1]

    @pytest.mark.parametrize("name", ["JPEG", "PNG", "WebP"])
    def test_where_both_are_exif_counts(self, name: str) -> None:
        data = with_xmp(corners(), name, xmp(3), exif=exif(1))
        assert corner_colours(decode_image(data)) == UPRIGHT

    @pytest.mark.parametrize("packet", [xmp(9), xmp(0), b"tiff:Orientation", b'tiff:Orientation="33"', b""])
    def test_xmp_that_makes_no_sense_turns_nothing(self, packet: bytes) -> None:
        assert corner_colours(decode_image(with_xmp(corners(), "JPEG", packet))) == UPRIGHT

    @pytest.mark.parametrize(
        "block",
        [
            exif(9),
            exif(3, ">", 4)[:-7],
            exif(0x10003, "<", 4),
            exif(0),
            exif(6)[:20],
            b"Exif\0\0II*\0\xff\xff\xff\xff",
            b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
            b"Exif\0\0",
        ],
    )
    def test_exif_that_makes_no_sense_turns_nothing(self, block: bytes) -> None:
        plain = encoded(corners(), "JPEG")
        data = plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]
        assert corner_colours(decode_image(data)) == UPRIGHT

    def test_sixteen_bits_keep_their_upper_eight(self) -> None:
        grey = (np.arange(256, dtype=np.uint16).reshape(16, 16) << 8) + 255
        assert np.array_equal(decode_image(encoded(grey, "PNG"))[:, :, 1], grey >> 8)

    def test_grey_becomes_three_equal_channels(self) -> None:
        grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
        assert np.array_equal(decode_image(encoded(grey, "PNG")), np.repeat(grey[:, :, None], 3, axis=2))

    def test_one_bit_a_pixel_is_black_and_white(self) -> None:
        image = Image.fromarray(corners()).convert("1")
        assert set(np.unique(decode_image(encoded(image, "PNG")))) <= {0, 255}

    @pytest.mark.parametrize("name", ["PNG", "WebP"])
    def test_what_is_transparent_is_laid_on_white(self, name: str) -> None:
        rgba = np.zeros((8, 8, 4), np.uint8)
        rgba[:, 4:] = (200, 100, 0, 255)
        rgba[4:, 4:, 3] = 128
        pixels = decode_image(encoded(rgba, name, lossless=True))
        assert pixels[0, 0].tolist() == [255, 255, 255]
        assert pixels[0, 7].tolist() == [200, 100, 0]
        assert pixels[7, 7].tolist() == [227, 177, 127]

    def test_a_palette_with_a_transparent_colour_is_laid_on_white(self) -> None:
        image = Image.fromarray(corners()).quantize(4)
        clear = image.getpixel((0, 0))
        pixels = decode_image(encoded(image, "PNG", transparency=clear))
        assert pixels[0, 0].tolist() == [255, 255, 255]
        assert corner_colours(pixels)[1:] == UPRIGHT[1:]

    def test_cmyk_becomes_rgb(self) -> None:
        data = encoded(Image.fromarray(corners()).convert("CMYK"), "JPEG", quality=95)
        assert corner_colours(decode_image(data)) == UPRIGHT

    @pytest.mark.parametrize("name", ["GIF", "WebP", "PNG"])
    def test_of_an_animation_the_first_picture_is_taken(self, name: str) -> None:
        first, second = Image.fromarray(corners()), Image.fromarray(corners()[::-1].copy())
        data = encoded(first, name, save_all=True, append_images=[second, second], duration=40)
        assert corner_colours(decode_image(data)) == UPRIGHT

    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
    @pytest.mark.parametrize("name", FORMATS)
    def test_a_picture_of_one_pixel_width_is_a_picture(self, name: str, size: tuple[int, int]) -> None:
        assert decode_image(encoded(np.zeros((*size, 3), np.uint8), name)).shape == (*size, 3)

    def test_a_progressive_jpeg_is_read(self) -> None:
        assert corner_colours(decode_image(encoded(corners(), "JPEG", progressive=True))) == UPRIGHT

    def test_what_follows_the_end_of_a_jpeg_is_left_out(self) -> None:
        assert corner_colours(decode_image(encoded(corners(), "JPEG") + b"\0trailer")) == UPRIGHT

    def test_profiles_and_comments_that_unpack_to_gigabytes_are_never_unpacked(self) -> None:
        bomb = zlib.compress(bytes(64_000_000), 9)
        rows = b"".join(b"\0" + row.tobytes() for row in corners())
        data = png_of_size(
            48, 32, png_chunk(b"iCCP", b"icc\0\0" + bomb), png_chunk(b"zTXt", b"Comment\0\0" + bomb), rows=rows
        )
        tracemalloc.start()
        pixels = decode_image(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert corner_colours(pixels) == UPRIGHT
        assert peak < 10_000_000

    def test_no_warning_of_the_decoder_reaches_the_caller(self) -> None:
        empty_animation = png_chunk(b"acTL", struct.pack(">II", 0, 0))
        rows = b"".join(b"\0" + row.tobytes() for row in corners())
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert corner_colours(decode_image(png_of_size(48, 32, empty_animation, rows=rows))) == UPRIGHT


class TestBadImages:
    @pytest.mark.parametrize(
        ("data", "says"),
        [
            (b"", "empty"),
            (b"<html>not a picture</html>", "no image that is read here"),
            ("학생 명부".encode(), "no image that is read here"),
            (b"II*\0" + bytes(100), "TIFF"),
            (b"\0\0\0\x20ftypheic" + bytes(100), "HEIC"),
            (b"%PDF-1.7", "PDF"),
            (b"\xff\xd8\xff", "truncated"),
            (b"\xff\xd8\xff\xe0\0\x10", "truncated"),
            (b"\xff\xd8\xff\xd9", "ends before its picture"),
            (b"\x89PNG\r\n\x1a\n", "truncated"),
            (b"GIF89a", "truncated"),
            (b"BM", "truncated"),
            (b"RIFF\x10\0\0\0WEBP", "truncated"),
            (b"RIFF\x04\0\0\0WEBP", "no picture in it"),
            (png_of_size(0, 10), "0 x 10"),
            (png_of_size(48, 32, rows=b"\0\0\0"), "damaged or truncated"),
            (png_of_size(48, 32), "damaged or truncated"),
        ],
    )
    def test_what_is_no_image_is_refused_with_a_sentence(self, data: bytes, says: str) -> None:
        with pytest.raises(BadImage, match=says) as caught:
            decode_image(data)
        assert caught.value.text.endswith(".")

    @pytest.mark.parametrize("switched", [True, False])
    @pytest.mark.parametrize("name", FORMATS)
    def test_half_an_image_is_refused_whatever_others_told_pillow(
        self, name: str, switched: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", switched)
        data = encoded(np.random.default_rng(4).integers(0, 256, (64, 64, 3), dtype=np.uint8), name)
        for length in (len(data) // 2, len(data) - len(data) // 8, len(data) // 10):
            with pytest.raises(BadImage):
                decode_image(data[:length])

    @pytest.mark.parametrize(
        "data",
        [
            png_of_size(30_000, 30_000),
            b"BM" + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 30_000, -30_000, 1, 24, 0, 0, 0, 0, 0, 0),
            b"GIF89a" + struct.pack("<HHBBB", 30_000, 30_000, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 9, 9, 0),
            b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0, 0, 0) + b"," + struct.pack("<HHHHB", 0, 0, 30_000, 30_000, 0),
            b"RIFF" + struct.pack("<I4s4sI", 22, b"WEBP", b"VP8X", 10) + bytes(4) + (29_999).to_bytes(3, "little") * 2,
            b"\xff\xd8\xff\xc0"
            + struct.pack(">HBHHB", 17, 8, 30_000, 30_000, 3)
            + bytes(9)
            + b"\xff\xda\0\x02\xff\xd9",
        ],
    )
    def test_a_size_that_is_too_large_is_refused_before_anything_is_decoded(self, data: bytes) -> None:
        tracemalloc.start()
        with pytest.raises(TooLarge, match="30000 x 30000"):
            decode_image(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 1_000_000

    @pytest.mark.parametrize("size", [(7_101, 1), (1, 7_101), (3, 16_000)])
    def test_a_side_that_no_level_of_the_pyramid_could_have_is_refused(self, size: tuple[int, int]) -> None:
        with pytest.raises(TooLarge, match="no side may have more than 7100"):
            decode_image(encoded(np.zeros((*size, 3), np.uint8), "PNG"))
        assert decode_image(encoded(np.zeros((7_100, 1, 3), np.uint8), "PNG")).shape == (7_100, 1, 3)

    def test_a_palette_image_without_its_palette_is_refused(self) -> None:
        header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", 50, 50, 8, 3, 0, 0, 0))
        rows = png_chunk(b"IDAT", zlib.compress(bytes(51 * 50))) + png_chunk(b"IEND", b"")
        with pytest.raises(BadImage, match="damaged or truncated"):
            decode_image(b"\x89PNG\r\n\x1a\n" + header + rows)

    def test_the_limit_of_pixels_is_the_callers(self) -> None:
        data = encoded(corners(), "PNG")
        assert decode_image(data, max_pixels=48 * 32).shape == (32, 48, 3)
        with pytest.raises(TooLarge, match="48 x 32 pixels; at most 1535 pixels"):
            decode_image(data, max_pixels=48 * 32 - 1)

    @given(st.data())
    @settings(max_examples=300, deadline=None)
    def test_whatever_the_bytes_are_only_a_named_error_comes_out(self, data: st.DataObject) -> None:
        whole = bytearray(data.draw(st.sampled_from(EXAMPLES)))
        for _ in range(data.draw(st.integers(1, 6))):
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
        cut = whole[: data.draw(st.integers(0, len(whole)))] if data.draw(st.booleans()) else whole
        try:
            pixels = decode_image(bytes(cut), max_pixels=100_000)
        except (BadImage, TooLarge):
            return
        assert pixels.ndim == 3


EXAMPLES = [encoded(corners(), name) for name in FORMATS] + [
    encoded(corners(), "JPEG", exif=exif(6), progressive=True),
    encoded(corners(), "WebP", lossless=True, exif=exif(6)),
    encoded(Image.fromarray(corners()).convert("CMYK"), "JPEG"),
    encoded(Image.fromarray(corners()).quantize(4), "PNG", transparency=0),
]
