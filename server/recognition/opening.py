"""Open the recogniser of a family."""

from functools import cached_property, partial
from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.faces import Box
from server.families import Embedder, Family
from server.families.choice import chosen_family
from server.families.family import LANDMARKS
from server.families.fused import DLIB_SHIFT, DLIB_SIDE
from server.families.own import own_family
from server.recognition.alignment import Aligner, ArcfaceAligner, MappedAligner
from server.recognition.box_maps import DLIB_AS_MTCNN, BoxMap
from server.recognition.detection import Detector
from server.recognition.dlib_detectors.dlib_reference import DlibMmodDetector
from server.recognition.dlib_detectors.hog import HogDetector
from server.recognition.dlib_detectors.mmod import MmodDetector
from server.recognition.engines import Engine, Networks, PictureDetector, choose
from server.recognition.engines.converted import ConvertedEmbedder
from server.recognition.model_files import ModelFiles, find_model_files, open_networks
from server.recognition.mtcnn import MtcnnDetector, MtcnnNetworks
from server.recognition.other_detectors import AskedInTurn, LandmarkedDetector, MappedDetector, PaddedDetector
from server.recognition.recogniser import Alignment, ChipEmbedder, FamilyRecogniser, Part
from server.recognition.turning import Sureness, sure_by_hog, sure_by_output_network
from server.recognition.weights import published_network
from server.recognition.yunet import YunetDetector

# Detectors whose boxes go from forehead to chin; dlib's are squares about eyes, nose and mouth.
DRAWN_AS_MTCNN: Final = ("mtcnn", "yunet")
MTCNN_AS_DLIB: Final = BoxMap(DLIB_SIDE, DLIB_SIDE, *DLIB_SHIFT)


def open_recogniser(
    family: str = "auto",
    engine: str = "auto",
    detector: str | None = None,
    min_face_px: int | None = None,
    mirror: bool | None = None,
    *,
    embedder: Path | None = None,
    detector_file: Path | None = None,
    threads: int | None = None,
    max_faces: int = 200,
) -> FamilyRecogniser:
    """Raises SetupProblem with what to do.

    family: auto (the default one, never "what is installed"), a name, or an embedder's file. engine: auto, onnx,
    openvino or dlib. detector, min_face_px (width of a box), mirror (average with the mirror image's embedding): None
    for the family's own. embedder: a .dat file of dlib's ResNet, or an .onnx file with a TOML file beside it. threads:
    None for as many as there are cores. max_faces: of one picture.
    """
    chosen = chosen_family(family, embedder)
    finder = detector or ("yunet" if detector_file else chosen.detectors[0])
    least = chosen.min_face_px if min_face_px is None else min_face_px
    both_sides = mirror is None or mirror
    _require(chosen, finder, least, max_faces)
    parts = _Parts(choose(engine, threads or 0).engine, chosen, embedder)
    return FamilyRecogniser(
        parts.detector(finder, detector_file),
        [parts.part(each) for each in chosen.embedders],
        landmarks_of=_landmarks_of(chosen),
        dimensions=chosen.dimensions,
        family=chosen.name,
        model_id=chosen.model_id(both_sides),
        engine=parts.engine.name,
        detector_name=finder,
        min_face_px=least,
        mirror=both_sides,
        looks_twice=chosen.looks_twice,
        reduce=chosen.reduced,
        thorough=parts.thorough(finder),
        sureness=parts.sureness(),
        max_faces=max_faces,
    )


def dlib_box(box: Box) -> Box:
    """The box that dlib's detectors draw for a face that has this one of MTCNN's."""
    return MTCNN_AS_DLIB.of(box)


def _landmarks_of(family: Family) -> int:
    # Which of its embedders' alignments finds the landmarks that a face is told to have.
    return [LANDMARKS[each.alignment] for each in family.embedders].index(family.landmarks)


def _require(family: Family, detector: str, min_face_px: int, max_faces: int) -> None:
    if detector not in family.detectors:
        raise SetupProblem(
            f"The family {family.name} has no detector called {detector!r}; it is one of {', '.join(family.detectors)}."
        )
    if min_face_px < 1 or max_faces < 1:
        raise SetupProblem(f"min_face_px is {min_face_px} and max_faces {max_faces}; both must be 1 or more.")


class _Parts:
    """Opens what a family needs of one engine, each network once."""

    def __init__(self, engine: Engine, family: Family, embedder: Path | None) -> None:
        self.engine = engine
        self._family = family
        self._embedder_file = embedder

    def detector(self, name: str, file: Path | None) -> Detector:
        """The detector called so, with the family's boxes and landmarks. file: YuNet's network."""
        found = self._as_it_is(name, file)
        if self._family.landmarks != "mtcnn":
            return MappedDetector(found, MTCNN_AS_DLIB) if name in DRAWN_AS_MTCNN else found
        if name == "mtcnn":
            return found
        return LandmarkedDetector(
            found if name in DRAWN_AS_MTCNN else MappedDetector(found, DLIB_AS_MTCNN), self._mtcnn
        )

    def _as_it_is(self, name: str, file: Path | None) -> Detector:
        if name == "mtcnn":
            return self._mtcnn
        if name == "yunet":
            return YunetDetector(file)
        if name == "hog":
            return HogDetector()
        session = self.engine.open_detector(self._dlib_networks)
        return DlibMmodDetector(session) if isinstance(session, PictureDetector) else MmodDetector(session)

    def thorough(self, asked: str) -> Detector:
        """The other detectors that need no further file, for pictures in which the one asked finds nobody."""
        others = ["hog"] if self.engine.name == "dlib" else ["mmod", "hog"]  # MMOD by dlib itself takes minutes
        openers = [partial(self.detector, name, None) for name in others if name != asked]
        return AskedInTurn([self._padded, *openers] if self._family.landmarks == "mtcnn" else openers)

    def _padded(self) -> Detector:
        return PaddedDetector(self._mtcnn)

    def sureness(self) -> Sureness:
        """What tells whether a photograph lies upright."""
        return sure_by_output_network(self._mtcnn) if self._family.landmarks == "mtcnn" else sure_by_hog(HogDetector())

    def part(self, embedder: Embedder) -> Part:
        """An embedder with its alignment."""
        return Part(self._alignment(embedder), self._session(embedder), embedder.unit, embedder.weight)

    def _alignment(self, embedder: Embedder) -> Alignment:
        if embedder.alignment == "arcface112":
            return ArcfaceAligner(self._mtcnn)
        aligner = Aligner(self._dlib_files.landmarks)
        return MappedAligner(aligner, MTCNN_AS_DLIB) if self._family.landmarks == "mtcnn" else aligner

    def _session(self, embedder: Embedder) -> ChipEmbedder:
        if embedder.name == "dlib-resnet":
            return self.engine.open_embedder(self._dlib_networks)
        if embedder.name == "own":
            return self._own(embedder)
        network = self.engine.open_network(published_network(embedder.name))
        return ConvertedEmbedder(network, self.engine.workers, dimensions=embedder.dimensions)

    def _own(self, embedder: Embedder) -> ChipEmbedder:
        from server.recognition.own_network import OwnEmbedder, own_model  # loads onnx, which nobody else needs

        file = Path(embedder.origin)
        _, form = own_family(file)
        model, batches = own_model(file, form)
        return OwnEmbedder(self.engine.open_network(model), file, form, embedder.dimensions, batches)

    @cached_property
    def _mtcnn(self) -> MtcnnDetector:
        networks = (self.engine.open_network(published_network(name)) for name in ("pnet", "rnet", "onet"))
        return MtcnnDetector(MtcnnNetworks(*networks), workers=self.engine.workers)

    @cached_property
    def _dlib_files(self) -> ModelFiles:
        dat = self._embedder_file if self._family.name == "dlib" else None
        return find_model_files(dat)

    @cached_property
    def _dlib_networks(self) -> Networks:
        return open_networks(self._dlib_files)
