"""MobileFaceNet is read out of a TensorFlow.js graph model by the names of its weights; anything else is refused."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from converter.model_file import ModelFile, ModelFileError
from converter.tfjs import GROUPS, read_mobilefacenet
from converter.tflite.mobilefacenet import BLOCKS, EMBEDDING_SIZE, LAST_FILTERS, STEM_FILTERS

Listed = list[dict[str, Any]]


def convolution(place: str, kernel: int, filters: int, depth: int) -> Listed:
    return [
        {"name": f"{place}/Conv2D_weights", "shape": [kernel, kernel, depth, filters], "dtype": "float32"},
        {"name": f"{place}/Conv2D_bn_offset", "shape": [filters], "dtype": "float32"},
    ]


def by_channel(place: str, kernel: int, channels: int) -> Listed:
    return [
        {"name": f"{place}/depthwise_weights", "shape": [kernel, kernel, channels, 1], "dtype": "float32"},
        {"name": f"{place}/depthwise_bn_offset", "shape": [channels], "dtype": "float32"},
    ]


def slopes(place: str, channels: int) -> Listed:
    return [{"name": f"{place}/mul", "shape": [channels], "dtype": "float32"}]


def listed() -> Listed:
    """Every weight of the network, as the published file names them."""
    body, head = "MobileFaceNet/MobileFaceNet", "MobileFaceNet/Logits"
    entries = convolution(f"{body}/Conv2d_0", 3, STEM_FILTERS, 3) + slopes(f"{body}/Conv2d_0", STEM_FILTERS)
    entries += by_channel(f"{body}/SeparableConv2d", 3, STEM_FILTERS) + slopes(f"{body}/SeparableConv2d", STEM_FILTERS)
    entries += convolution(f"{body}/Conv", 1, STEM_FILTERS, STEM_FILTERS)
    depth = STEM_FILTERS
    places = [f"{body}/Conv2d_{group}_InvResBlock_{number}" for group, blocks in GROUPS for number in range(blocks)]
    for place, (between, channels, _) in zip(places, BLOCKS, strict=True):
        entries += convolution(f"{place}/Conv", 1, between, depth) + slopes(f"{place}/Conv", between)
        entries += by_channel(f"{place}/SeparableConv2d", 3, between) + slopes(f"{place}/SeparableConv2d", between)
        entries += convolution(f"{place}/Conv_1", 1, channels, between)
        depth = channels
    entries += convolution(f"{body}/Conv2d_7", 1, LAST_FILTERS, depth) + slopes(f"{body}/Conv2d_7", LAST_FILTERS)
    entries += by_channel(f"{head}/SeparableConv2d", 7, LAST_FILTERS)
    entries += convolution(f"{head}/Conv", 1, LAST_FILTERS, LAST_FILTERS)
    entries += convolution(f"{head}/LinearConv1x1", 1, EMBEDDING_SIZE, LAST_FILTERS)
    entries.append({"name": "embeddings/Sum/reduction_indices", "shape": [1], "dtype": "int32"})
    return entries


def of(entries: Listed) -> ModelFile:
    manifest = [{"paths": ["model.bin"], "weights": entries}]
    return ModelFile.of_bytes("model.json", json.dumps({"weightsManifest": manifest}).encode())


def weights() -> ModelFile:
    count = sum(int(np.prod(entry["shape"])) for entry in listed())
    values = np.random.default_rng(6).normal(size=count).astype("<f4")
    return ModelFile.of_bytes("model.bin", values.tobytes())


def test_the_weights_are_read_by_their_names_whatever_their_order() -> None:
    numbers = np.frombuffer(weights().data, "<f4")
    network = read_mobilefacenet(of(listed()), weights())
    first = numbers[: 27 * STEM_FILTERS].reshape(3, 3, 3, STEM_FILTERS)
    assert np.array_equal(network.stem.convolution.kernel, first.transpose(3, 2, 0, 1))
    assert np.array_equal(network.stem.slopes, -2 * numbers[28 * STEM_FILTERS : 29 * STEM_FILTERS])
    assert [block.halves for block in network.blocks] == [halves for _, _, halves in BLOCKS]
    assert network.weighing.by_channel
    assert network.embedding.kernel.shape == (EMBEDDING_SIZE, LAST_FILTERS, 1, 1)
    reversed_order = read_mobilefacenet(of(listed()[::-1]), weights())
    assert reversed_order.embedding.kernel.shape == network.embedding.kernel.shape


def without_the_last(entries: Listed) -> None:
    del entries[-2]


def renamed(entries: Listed) -> None:
    entries[4]["name"] = "another"


def of_another_shape(entries: Listed) -> None:
    entries[0]["shape"] = [3, 3, STEM_FILTERS, 3]


def quantised(entries: Listed) -> None:
    entries[0]["quantization"] = {"dtype": "uint8", "scale": 1, "min": 0}


def of_half_precision(entries: Listed) -> None:
    entries[0]["dtype"] = "float16"


def of_a_negative_size(entries: Listed) -> None:
    entries[0]["shape"] = [-3, 3, 3, STEM_FILTERS]


def of_a_huge_size(entries: Listed) -> None:
    entries[0]["shape"] = [60000, 60000, 60000, 60000]


def with_one_more(entries: Listed) -> None:
    entries.append({"name": "unknown", "shape": [1], "dtype": "float32"})


@pytest.mark.parametrize(
    "change",
    [
        without_the_last,
        renamed,
        of_another_shape,
        quantised,
        of_half_precision,
        of_a_negative_size,
        of_a_huge_size,
        with_one_more,
    ],
)
def test_a_list_of_other_weights_is_refused_in_a_sentence(change: Callable[[Listed], None]) -> None:
    entries = listed()
    change(entries)
    with pytest.raises(ModelFileError, match=r"^The model file model\.json cannot be used: .*\.$"):
        read_mobilefacenet(of(entries), weights())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"weightsManifest": [1, 2]}',
        b'{"weightsManifest": [{"weights": [{}]}]}',
    ],
    ids=["empty", "no text", "a list", "an object", "nested", "two groups", "no names"],
)
def test_what_is_no_graph_model_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(ModelFileError, match="no graph model"):
        read_mobilefacenet(ModelFile.of_bytes("model.json", content), weights())


@pytest.mark.parametrize("length", [0, 1, 4000, -1])
def test_weights_that_were_cut_off_are_refused(length: int) -> None:
    with pytest.raises(ModelFileError, match=r"end at byte|bytes of weights"):
        read_mobilefacenet(of(listed()), ModelFile.of_bytes("model.bin", weights().data[:length]))


def test_a_weight_that_is_not_finite_is_refused() -> None:
    data = np.frombuffer(weights().data, "<f4").copy()
    data[100] = np.nan
    with pytest.raises(ModelFileError, match="not finite"):
        read_mobilefacenet(of(listed()), ModelFile.of_bytes("model.bin", data.tobytes()))
