"""Both embeddings of one face as one vector: dlib's ResNet and MobileFaceNet, on faces that MTCNN finds."""

from dataclasses import replace
from typing import Final

from server.families.dlib_family import RESNET
from server.families.family import Family
from server.families.khuface import MOBILEFACENET

# What MobileFaceNet's vector of length 1 counts beside dlib's, whose length is about 1.4; see docs/accuracy.md.
MOBILEFACENET_WEIGHT: Final = 1.0

# dlib's box for a face that MTCNN found: a square of 0.915 times the root of MTCNN's area, its centre moved by these
# shares of that root to the right and down. Fitted on MMOD's boxes of the same portraits (November 2026).
DLIB_SIDE: Final = 0.915
DLIB_SHIFT: Final = (-0.029, 0.0055)

FUSED: Final = Family(
    name="fused",
    title="dlib's ResNet and MobileFaceNet as one vector, on MTCNN's faces",
    detectors=("mtcnn", "yunet"),
    embedders=(RESNET, replace(MOBILEFACENET, weight=MOBILEFACENET_WEIGHT)),
    landmarks="mtcnn",
    decision="fused",
    min_face_px=23,
    reduced=False,
)
