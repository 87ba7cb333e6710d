"""A recogniser of the pool over real HTTPS: the same faces as in-process, and what happens where something is wrong."""

import dataclasses
import io
import logging
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import numpy as np
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from protocol.error_texts import ServerText
from server.bootstrap.extraction import extractor_of
from server.bootstrap.family import set_family
from server.bootstrap.recogniser import RecogniserProcess
from server.bootstrap.recognition import recogniser_of
from server.config import Settings
from server.errors import BadImage, BadRequest, Busy, SetupProblem, TooLarge, Unavailable
from server.extraction import FaceExtractor, LocalExtractor
from server.extraction.answering import read_question
from server.extraction.messages import Identity, identity_of
from server.extraction.pooled import PooledExtractor, Post
from server.faces import Face, TakenFaces
from server.http.listener import Address
from tests import weights
from tests.photographs import jpeg, side_by_side, small

MINE = Identity(
    model_id="made up", family="none", detector="none", min_face_px=30, max_faces=200, max_image_pixels=1, version="1"
)


class MadeUp:
    """Two faces in every picture, of which one is told to have been left out."""

    model_id, family, detector, engine, dimensions, min_face_px = "made up", "none", "none", "none", 4, 30
    looks_twice = False

    def look(self, image: Any) -> list[Face]:
        return TakenFaces([self._face(np.int64(3))], 2)

    def faces(self, image: Any, **how: Any) -> list[Face]:
        return [self._face(3), self._face(40)]

    def at_boxes(self, image: Any, boxes: Any) -> list[Face]:
        return [self._face(box[0]) for box in boxes]

    def quarter_turns(self, image: Any, min_face_px: int) -> int:
        return 0

    @staticmethod
    def _face(left: Any) -> Face:
        numbers = np.array([left, np.pi, 1e-30, -0.0], np.float32)
        return Face((left, 0, left + 9, 9), numbers, np.arange(10, dtype=np.float32).reshape(5, 2), np.float32(0.1))


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, a certificate of it for this machine, and one of another authority."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "others"):
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / f"{name}-ca.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    return folder


def settings_of(folder: Path, **more: Any) -> Settings:
    given = {"recogniser_certificate": folder / "ours.pem", "recogniser_ca": folder / "ours-ca.pem"}
    family = {} if weights.are_here() else {"family": "dlib"}
    return Settings(**{**family, **given, **more})


@contextmanager
def running(settings: Settings, recogniser: Any) -> Iterator[str]:
    process = RecogniserProcess(settings, Address(host="127.0.0.1", port=0), recogniser)
    process.start()
    try:
        yield f"https://{process.name}"
    finally:
        assert process.stop()


@contextmanager
def extracting(settings: Settings, recogniser: Any) -> Iterator[FaceExtractor]:
    extractor = extractor_of(settings, recogniser)
    try:
        yield extractor
    finally:
        extractor.close()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), "gray").save(buffer, "JPEG")
    return buffer.getvalue()


def same(one: Face, other: Face) -> bool:
    return (
        one.box == other.box
        and one.score == other.score
        and one.embedding.tobytes() == other.embedding.tobytes()
        and one.landmarks.tobytes() == other.landmarks.tobytes()
        and one.embedding.dtype == other.embedding.dtype == np.float32
    )


def test_real_faces_are_bit_for_bit_those_of_this_process(certificates: Path) -> None:
    settings = settings_of(certificates, threads=1)
    recogniser = recogniser_of(settings, set_family(settings))
    data = jpeg(side_by_side(small("obama.jpg"), small("biden.jpg")))
    local = extractor_of(settings, recogniser)
    assert isinstance(local, LocalExtractor)
    with (
        running(settings, recogniser) as url,
        extracting(dataclasses.replace(settings, recognisers=url), recogniser) as pool,
    ):
        assert isinstance(pool, PooledExtractor)
        here, there = local.look(data), pool.look(data)
        boxes = [face.box for face in here.faces]
        pairs = [
            *zip(here.faces, there.faces, strict=True),
            *zip(local.faces(data), pool.faces(data), strict=True),
            *zip(local.at_boxes(data, boxes), pool.at_boxes(data, boxes), strict=True),
        ]
    assert len(pairs) == 6
    assert all(same(one, other) for one, other in pairs)
    assert (here.width, here.height, here.turns) == (there.width, there.height, there.turns)


@pytest.fixture(scope="module")
def pool(certificates: Path) -> Iterator[tuple[str, Settings]]:
    """A recogniser of made-up faces, and settings that name it."""
    settings = settings_of(certificates)
    with running(settings, MadeUp()) as url:
        yield url, dataclasses.replace(settings, recognisers=url)


def test_how_many_faces_were_found_and_every_bit_of_a_number_comes_along(pool: tuple[str, Settings]) -> None:
    with extracting(pool[1], MadeUp()) as extractor:
        seen = extractor.look(picture())
    assert (seen.width, seen.height, seen.faces.found) == (60, 40, 2)  # type: ignore[attr-defined]
    assert same(seen.faces[0], MadeUp._face(3))


def test_a_picture_that_is_none_is_refused_by_the_pool_as_it_is_here(pool: tuple[str, Settings]) -> None:
    local = extractor_of(dataclasses.replace(pool[1], recognisers=""), MadeUp())  # type: ignore[arg-type]
    with extracting(pool[1], MadeUp()) as extractor:
        for data in (b"no picture", picture()[:100]):
            with pytest.raises(BadImage) as here:
                local.look(data)
            with pytest.raises(BadImage) as there:
                extractor.look(data)
            assert there.value.sentence == here.value.sentence


def test_without_a_certificate_of_the_authority_nobody_is_answered(
    pool: tuple[str, Settings], certificates: Path
) -> None:
    authority = ssl.create_default_context(cafile=certificates / "ours-ca.pem")
    with pytest.raises(httpx2.HTTPError), httpx2.Client(verify=authority, trust_env=False) as client:
        client.get(f"{pool[0]}/ready")
    for wrong in ({"recogniser_certificate": "others.pem"}, {"recogniser_ca": "others-ca.pem"}):
        settings = dataclasses.replace(pool[1], **{name: certificates / file for name, file in wrong.items()})
        with extracting(settings, MadeUp()) as extractor, pytest.raises(Unavailable):
            extractor.look(picture())


def test_a_pool_without_certificates_does_not_start(certificates: Path) -> None:
    with pytest.raises(SetupProblem, match="recogniser_certificate"):
        extractor_of(Settings(recognisers="https://127.0.0.1:1"), MadeUp())  # type: ignore[arg-type]
    missing = settings_of(certificates, recognisers="https://127.0.0.1:1", recogniser_ca=certificates / "none")
    with pytest.raises(SetupProblem, match="cannot be used"):
        extractor_of(missing, MadeUp())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("unlike", "difference"),
    [
        ({"model_id": "another"}, "model_id made up in place of another"),
        ({"detector": "mmod"}, "detector none in place of mmod"),
        ({"min_face_px": 40}, "min_face_px 30 in place of 40"),
        ({"family": "dlib"}, "family none in place of dlib"),
    ],
)
def test_faces_of_other_networks_are_not_used(
    pool: tuple[str, Settings], unlike: dict[str, Any], difference: str, caplog: pytest.LogCaptureFixture
) -> None:
    own = MadeUp()
    for name, value in unlike.items():
        setattr(own, name, value)
    with extracting(pool[1], own) as extractor, pytest.raises(Unavailable):
        extractor.look(picture())
    (line,) = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert difference in line


class Answers:
    """Gives these answers in turn; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.left = list(answers)

    def __call__(self, body: bytes, seconds: float) -> tuple[int, bytes]:
        answer = self.left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        pass


def asking(post: Post) -> FaceExtractor:
    return PooledExtractor(post, MINE, MadeUp())  # type: ignore[arg-type]


def good(**unlike: Any) -> tuple[int, bytes]:
    identity = msgspec.to_builtins(msgspec.structs.replace(MINE, **unlike))
    return 200, msgspec.msgpack.encode({"identity": identity, "faces": [], "found": 0, "width": 1, "height": 1})


@pytest.mark.parametrize(
    "first", [httpx2.ConnectError("refused"), httpx2.ReadError("killed"), (502, b""), (503, b"{}"), (200, b"half")]
)
def test_what_one_try_did_not_bring_another_may(first: Any) -> None:
    answers = Answers(first, good())
    assert asking(answers).look(b"").faces == []
    assert not answers.left


def test_after_two_tries_it_is_unavailable_and_can_be_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    answers = Answers(*[httpx2.ConnectError("refused")] * 6)
    extractor = asking(answers)
    for _ in range(3):
        with pytest.raises(Unavailable) as raised:
            extractor.look(b"")
        assert raised.value.retry
    assert not answers.left
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 1, "told once"


def test_who_is_busy_is_not_asked_again_at_once() -> None:
    answers = Answers((429, b""), good())
    with pytest.raises(Busy, match=str(ServerText.RECOGNISERS_BUSY)):
        asking(answers).look(b"")
    assert len(answers.left) == 1


def test_another_version_of_the_program_is_used_and_told(caplog: pytest.LogCaptureFixture) -> None:
    assert asking(Answers(good(version="2"))).look(b"").width == 1
    assert [each.getMessage() for each in caplog.records] == ["a recogniser has version 2, this server 1"]


@given(st.sampled_from([200, 422, 500, 503, 302]), st.binary(max_size=60))
def test_whatever_bytes_a_recogniser_answers_nothing_but_unavailable_comes_of_them(status: int, said: bytes) -> None:
    with pytest.raises(Unavailable):
        asking(Answers((status, said), (status, said))).look(b"")


@given(st.binary(max_size=60))
def test_whatever_bytes_a_recogniser_is_sent_they_are_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        read_question(body)


def test_too_much_is_refused_before_it_is_read(pool: tuple[str, Settings]) -> None:
    small_door = dataclasses.replace(pool[1], max_payload_bytes=1024)
    with running(small_door, MadeUp()) as url:
        named = dataclasses.replace(small_door, recognisers=url)
        with extracting(named, MadeUp()) as extractor, pytest.raises((Unavailable, TooLarge)):
            extractor.look(bytes(1024 * 1024))


def test_who_is_ready_says_what_it_is(pool: tuple[str, Settings], certificates: Path) -> None:
    context = ssl.create_default_context(cafile=certificates / "ours-ca.pem")
    context.load_cert_chain(certificates / "ours.pem")
    with httpx2.Client(verify=context, trust_env=False) as client:
        answer = client.get(f"{pool[0]}/ready")
    assert answer.status_code == 200
    identity = msgspec.json.decode(answer.content, type=Identity)
    assert identity.model_id == MadeUp.model_id


def test_an_identity_is_of_the_recogniser_and_the_limits() -> None:
    made = identity_of(MadeUp(), max_faces=200, max_image_pixels=1, version="1")  # type: ignore[arg-type]
    assert made == MINE
