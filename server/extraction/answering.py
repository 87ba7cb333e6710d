"""Answer a question about a picture's faces: the side of the pool, without HTTP."""

from collections.abc import Sequence

import msgspec

from server.errors import BadRequest, Internal, RollcallError, Unavailable, is_shortage
from server.extraction.extractor import Extracted, FaceExtractor
from server.extraction.messages import Answer, Identity, Question, Refusal, row_of
from server.faces import Face, found_in

_questions = msgspec.msgpack.Decoder(Question)


def read_question(body: bytes) -> Question:
    """Raises BadRequest."""
    try:
        return _questions.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"This is no question about a picture: {type(error).__name__}.") from error


def answered(question: Question, extractor: FaceExtractor, identity: Identity) -> Answer:
    """Raises what the extractor raises."""
    seen = extractor.look(question.image) if question.kind == "look" else Extracted(0, 0, _faces(question, extractor))
    return Answer(
        identity=identity,
        faces=tuple(map(row_of, seen.faces)),
        found=found_in(seen.faces),
        width=seen.width,
        height=seen.height,
        turns=seen.turns,
    )


def refused(error: Exception) -> Refusal:
    """What went wrong, as data; of a defect nothing but that it was one."""
    if not isinstance(error, RollcallError):
        error = Unavailable("The recogniser has too little memory.") if is_shortage(error) else Internal("A defect.")
    said = error.sentence
    return Refusal(code=error.code, text=said.text, template=said.template, values=said.values)


def _faces(question: Question, extractor: FaceExtractor) -> Sequence[Face]:
    if question.kind == "faces":
        return extractor.faces(question.image)
    return extractor.at_boxes(question.image, question.boxes)
