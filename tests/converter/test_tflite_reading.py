"""The reader of TFLite files takes exactly the expected network; anything else costs one sentence."""

import struct
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.model_file import ModelFile, ModelFileError
from converter.tflite.flatbuffer import FlatBuffer
from converter.tflite.layers import SAME, VALID, outputs, zeros_around
from converter.tflite.mobilefacenet import read_mobilefacenet
from converter.tflite.model import Model
from converter.tflite.mtcnn import read_onet, read_pnet, read_rnet
from tests.converter.weights_files import weights_file

READERS: dict[str, Callable[[ModelFile], object]] = {
    "pnet": read_pnet,
    "rnet": read_rnet,
    "onet": read_onet,
    "mobilefacenet": read_mobilefacenet,
}


def assert_sentence(error: ModelFileError) -> None:
    text = str(error)
    assert text.startswith("The model file ")
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 400


def is_read(network: str, data: bytes) -> bool:
    """Whether the network is read; where it is not, a sentence must say so, and nothing else may come out."""
    try:
        READERS[network](ModelFile.of_bytes("damaged.tflite", data))
    except ModelFileError as error:
        assert_sentence(error)
        return False
    return True


def with_a_changed_byte(data: bytes, offset: int, mask: int) -> bytes:
    changed = bytearray(data)
    changed[offset] ^= mask
    return bytes(changed)


def field_borders(network: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where each thing begins that is read of a file, and where it ends."""
    borders: set[int] = set()
    take = FlatBuffer.take

    def noting(self: FlatBuffer, offset: int, size: int, what: str) -> memoryview:
        borders.update((offset, offset + size))
        return take(self, offset, size, what)

    with monkeypatch.context() as patched:
        patched.setattr(FlatBuffer, "take", noting)
        READERS[network](weights_file(network))
    return sorted(borders)


def test_a_file_cut_off_at_any_fields_border_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data, (*borders, last) = weights_file("pnet").data, field_borders("pnet", monkeypatch)
    assert len(borders) > 1000
    assert [border for border in borders if is_read("pnet", data[:border])] == []
    assert is_read("pnet", data[:last])


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_byte_that_flips_at_any_fields_border_is_refused_or_leaves_a_network(
    monkeypatch: pytest.MonkeyPatch, mask: int
) -> None:
    data = weights_file("pnet").data
    borders = [border for border in field_borders("pnet", monkeypatch) if border < len(data)]
    read = sum(is_read("pnet", with_a_changed_byte(data, border, mask)) for border in borders)
    assert read < len(borders) / 2


def test_a_byte_that_flips_at_1000_drawn_places_is_refused_or_leaves_a_network() -> None:
    data, random = weights_file("pnet").data, np.random.default_rng(11)
    for _ in range(1000):
        is_read("pnet", with_a_changed_byte(data, int(random.integers(len(data))), 1 << int(random.integers(8))))


def test_a_file_cut_off_at_1000_drawn_places_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data, last = weights_file("pnet").data, field_borders("pnet", monkeypatch)[-1]
    lengths = np.random.default_rng(12).integers(0, last, 1000)
    assert [length for length in lengths if is_read("pnet", data[:length])] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "part", "parts"),
    [("rnet", 0, 1), ("onet", 0, 1), *(("mobilefacenet", part, 4) for part in range(4))],
)
def test_the_larger_files_are_refused_alike(
    monkeypatch: pytest.MonkeyPatch, network: str, part: int, parts: int
) -> None:
    data, (*borders, last) = weights_file(network).data, field_borders(network, monkeypatch)
    assert is_read(network, data[:last])
    drawn = [int(place) for place in np.random.default_rng(13).integers(0, last, 1000)]
    for place in (borders + drawn)[part::parts]:
        is_read(network, with_a_changed_byte(data, place, 0xFF))
        assert not is_read(network, data[:place])


@pytest.mark.parametrize("network", READERS)
def test_networks_that_were_swapped_for_one_another_are_refused(network: str) -> None:
    others = [name for name in READERS if name != network]
    assert [name for name in others if is_read(network, weights_file(name).data)] == []


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_nothing_but_a_sentence(data: bytes) -> None:
    for content in (data, struct.pack("<I", 8) + b"TFL3" + data):
        with pytest.raises(ModelFileError) as raised:
            Model(ModelFile.of_bytes("some.tflite", content))
        assert_sentence(raised.value)


def root_table(*fields: bytes) -> FlatBuffer:
    """A buffer whose root table has these fields, of four bytes each, and room for what they lead to behind it."""
    listed = struct.pack("<HH", 4 + 2 * len(fields), 4 + 4 * len(fields))
    listed += b"".join(struct.pack("<H", 4 + 4 * number) for number in range(len(fields)))
    listed += b"\0" * (-len(listed) % 4)
    table = struct.pack("<i", len(listed)) + b"".join(fields)
    return FlatBuffer(ModelFile.of_bytes("made.tflite", struct.pack("<I", 8 + len(listed)) + b"TFL3" + listed + table))


def test_a_vector_longer_than_the_file_takes_no_memory() -> None:
    table = root_table(struct.pack("<I", 4), struct.pack("<I", 2**32 - 1)).root(b"TFL3")
    with pytest.raises(ModelFileError, match="would need 4294967295 bytes"):
        table.bytes(0, "the values")
    with pytest.raises(ModelFileError, match="where the file has"):
        table.integers(0, "the shape", 4)


@pytest.mark.parametrize("offset", [0, 2**31, 2**32 - 1])
def test_an_offset_that_leads_nowhere_is_refused(offset: int) -> None:
    table = root_table(struct.pack("<I", offset)).root(b"TFL3")
    with pytest.raises(ModelFileError, match="out of the file"):
        table.table(0, "options")


def test_a_field_that_is_missing_has_its_default_and_a_table_must_be_there() -> None:
    table = root_table(struct.pack("<i", -7)).root(b"TFL3")
    assert (table.number(0, "int"), table.number(1, "int", 5), table.has(1)) == (-7, 5, False)
    assert table.integers(1, "numbers", 4) == ()
    with pytest.raises(ModelFileError, match="has no options"):
        table.table(1, "options")


def test_another_file_identifier_is_refused() -> None:
    with pytest.raises(ModelFileError, match="identifier is b'TFL3'"):
        root_table().root(b"ABCD")


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), -1e7])
def test_a_weight_that_is_no_moderate_number_is_refused(weight: float) -> None:
    data = bytearray(weights_file("pnet").data)
    kernel = read_pnet(weights_file("pnet")).regression.kernel
    place = data.find(np.ascontiguousarray(kernel[0, :, 0, 0]).tobytes())
    data[place : place + 4] = struct.pack("<f", weight)
    with pytest.raises(ModelFileError, match="not finite or beyond"):
        read_pnet(ModelFile.of_bytes("damaged.tflite", bytes(data)))


def test_zeros_stand_where_tensorflow_puts_them() -> None:
    assert [zeros_around(size, 3, 2, SAME) for size in (112, 113)] == [(0, 1), (1, 1)]
    assert zeros_around(56, 3, 1, SAME) == (1, 1)
    assert zeros_around(56, 3, 1, VALID) == (0, 0)
    assert [outputs(size, 2, 2, SAME) for size in (7, 8)] == [4, 4]
    assert [outputs(size, 2, 2, VALID) for size in (7, 8)] == [3, 4]
