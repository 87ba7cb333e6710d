"""The reader of dlib's files: it takes exactly the expected network, and anything else costs one sentence."""

import math
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.dat.mmod import PUBLISHED_SHA256, MmodWeights, read_mmod
from converter.dat.reader import DatReader
from converter.dat.resnet import read_resnet
from converter.model_file import MAX_FILE_BYTES, ModelFile, ModelFileError
from server.families.dlib_family import EMBEDDER_SHA256
from tests.converter.dat_writer import DatWriter
from tests.converter.network_files import detector_file, embedder_file


def reader_of(data: bytes) -> DatReader:
    return DatReader(ModelFile.of_bytes("some.dat", data))


def written(write: Callable[[DatWriter], None]) -> DatReader:
    writer = DatWriter()
    write(writer)
    return reader_of(bytes(writer.data))


def assert_sentence(error: pytest.ExceptionInfo[ModelFileError]) -> None:
    text = str(error.value)
    assert text.startswith("The model file ")
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 400


class Recorder(DatReader):
    """Also notes where the file holds weights (and what is skipped), and where numbers."""

    def __init__(self, file: ModelFile) -> None:
        super().__init__(file)
        self.arrays: set[int] = set()
        self.numbers: set[int] = set()

    def tensor(self, shape: tuple[int, int, int, int], what: str) -> np.ndarray:
        values = super().tensor(shape, what)
        self.arrays.update(range(self._offset - values.nbytes, self._offset))
        return values

    def skip_tensor(self, what: str) -> None:
        begin = self._offset
        super().skip_tensor(what)
        self.arrays.update(range(begin + 10, self._offset))

    def number(self, what: str) -> float:
        begin = self._offset
        value = super().number(what)
        self.numbers.update(range(begin, self._offset))
        return value


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """The reader that has read the detector's file."""
    recorder = Recorder(detector_file())
    with monkeypatch.context() as patched:
        patched.setattr("converter.dat.mmod.DatReader", lambda _file: recorder)
        read_mmod(detector_file())
    return recorder


def with_a_flipped_bit(data: bytes, offset: int, bit: int) -> ModelFile:
    damaged = bytearray(data)
    damaged[offset] ^= 1 << bit
    return ModelFile.of_bytes("damaged.dat", bytes(damaged))


def read_or_refuse(file: ModelFile) -> MmodWeights | None:
    try:
        return read_mmod(file)
    except ModelFileError:
        return None


def arrays_of(weights: MmodWeights) -> list[np.ndarray]:
    return [array for layer in weights.convolutions for array in (layer.kernel, layer.bias)]


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_is_read_as_it_was_written(value: int) -> None:
    assert written(lambda writer: writer.integer(value)).integer("it") == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_number_is_read_as_it_was_written(value: float) -> None:
    assert written(lambda writer: writer.number(value)).number("it") == value


@given(st.binary(max_size=40))
def test_arbitrary_bytes_give_nothing_but_sentences(data: bytes) -> None:
    attempts = (
        lambda reader: reader.integer("it"),
        lambda reader: reader.boolean("it"),
        lambda reader: reader.number("it"),
        lambda reader: reader.expect_text(("con_4",), "it"),
        lambda reader: reader.tensor((1, 1, 1, 1), "it"),
        lambda reader: reader.skip_tensor("it"),
        lambda reader: reader.alias((1, 1, 1, 1), "it"),
    )
    for attempt in attempts:
        with suppress(ModelFileError):
            attempt(reader_of(data))


@pytest.mark.parametrize("control", [0x00, 0x09, 0x0F, 0x11, 0x71])
def test_a_control_byte_that_begins_no_integer_is_refused(control: int) -> None:
    with pytest.raises(ModelFileError, match="begins no integer"):
        reader_of(bytes([control, *range(16)])).integer("it")


@pytest.mark.parametrize("length", [-1, 65, 2**31, 2**63 - 1])
def test_a_text_of_hostile_length_is_refused_before_it_is_read(length: int) -> None:
    with pytest.raises(ModelFileError, match=f"would be {length} bytes long"):
        written(lambda writer: writer.integer(length)).expect_text(("con_4",), "the kind of a layer")


@pytest.mark.parametrize("shape", [(2**62, 1, 1, 1), (2**31, 2**31, 2**31, 2**31), (100, 1, 1, 1)])
def test_a_tensor_larger_than_the_file_takes_no_memory(shape: tuple[int, int, int, int]) -> None:
    reader = written(lambda writer: writer.tensor(shape, np.zeros(1, np.float32)))
    with pytest.raises(ModelFileError, match="where the file has 4 left"):
        reader.skip_tensor("it")


def test_a_tensor_of_negative_size_is_refused() -> None:
    reader = written(lambda writer: writer.tensor((-1, 1, 1, 1), np.zeros(1, np.float32)))
    with pytest.raises(ModelFileError, match="impossible shape"):
        reader.skip_tensor("it")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e7])
def test_a_weight_that_is_no_moderate_number_is_refused(value: float) -> None:
    reader = written(lambda writer: writer.tensor((2, 1, 1, 1), np.array([1, value], np.float32)))
    with pytest.raises(ModelFileError, match="not finite or beyond"):
        reader.tensor((2, 1, 1, 1), "weights")


@pytest.mark.parametrize("exponent", [32000, 32001, 32002, 40000])
def test_a_number_that_is_infinite_or_none_is_refused(exponent: int) -> None:
    def write(writer: DatWriter) -> None:
        writer.integer(1)
        writer.integer(exponent)

    with pytest.raises(ModelFileError, match=r"not finite|no number"):
        written(write).number("it")


def test_the_published_files_are_read_and_have_the_pinned_hashes() -> None:
    embedder_file().require_hash(EMBEDDER_SHA256)
    detector_file().require_hash(PUBLISHED_SHA256)
    assert read_resnet(embedder_file()).projection.shape == (256, 128)
    assert read_mmod(detector_file()).suppression.hull == pytest.approx(0.338, abs=0.001)


def test_a_detector_cut_off_anywhere_is_refused() -> None:
    data = detector_file().data
    for length in [*range(0, 400, 3), *range(400, len(data), 3001), len(data) - 1]:
        with pytest.raises(ModelFileError) as error:
            read_mmod(ModelFile.of_bytes("cut.dat", data[:length]))
        assert_sentence(error)


def test_an_embedder_cut_off_anywhere_is_refused() -> None:
    data = embedder_file().data
    for length in [*range(0, 400, 20), *range(400, len(data), 1_500_000), len(data) - 1]:
        with pytest.raises(ModelFileError) as error:
            read_resnet(ModelFile.of_bytes("cut.dat", data[:length]))
        assert_sentence(error)


def test_a_bit_that_flips_in_the_structure_is_refused_or_is_without_meaning(recorder: Recorder) -> None:
    data, random = detector_file().data, np.random.default_rng(3)
    structure = sorted(set(range(len(data))) - recorder.arrays - recorder.numbers)
    expected = read_mmod(detector_file())
    accepted = 0
    for offset in structure[::2]:
        weights = read_or_refuse(with_a_flipped_bit(data, offset, int(random.integers(8))))
        if weights is not None:
            accepted += 1
            assert all(map(np.array_equal, arrays_of(weights), arrays_of(expected)))
    assert accepted < 0.1 * len(structure)


def test_a_bit_that_flips_in_a_number_is_refused_or_leaves_a_whole_network(recorder: Recorder) -> None:
    data, random = detector_file().data, np.random.default_rng(4)
    shapes = [array.shape for array in arrays_of(read_mmod(detector_file()))]
    for offset in sorted(recorder.numbers)[::4]:
        weights = read_or_refuse(with_a_flipped_bit(data, offset, int(random.integers(8))))
        if weights is not None:
            assert [array.shape for array in arrays_of(weights)] == shapes
            assert all(np.isfinite(array).all() for array in arrays_of(weights))


def test_any_bit_that_flips_is_seen_by_the_hash() -> None:
    data = bytearray(detector_file().data)
    data[len(data) // 2] ^= 1
    with pytest.raises(ModelFileError, match="damaged or another one"):
        ModelFile.of_bytes("damaged.dat", bytes(data)).require_hash(PUBLISHED_SHA256)


def test_bytes_behind_the_network_are_refused() -> None:
    with pytest.raises(ModelFileError, match="1 bytes follow where the network ends"):
        read_mmod(ModelFile.of_bytes("long.dat", detector_file().data + b"\0"))


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0" + bytes(1000), b"\x01\x01" * 500, bytes(1000)])
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    for read in (read_mmod, read_resnet):
        with pytest.raises(ModelFileError) as error:
            read(ModelFile.of_bytes("other.dat", data))
        assert_sentence(error)


def test_each_network_is_refused_in_the_place_of_the_other() -> None:
    with pytest.raises(ModelFileError, match="loss_metric_2"):
        read_mmod(embedder_file())
    with pytest.raises(ModelFileError, match="loss_mmod_"):
        read_resnet(detector_file())


def test_a_file_that_is_missing_a_folder_or_too_large_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.dat"
    with huge.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    for path in (tmp_path / "missing.dat", tmp_path, huge):
        with pytest.raises(ModelFileError) as error:
            ModelFile.read(path)
        assert_sentence(error)
