"""A model's file: its bytes, its name for messages, its hash, and the one error that a damaged one costs."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

MAX_FILE_BYTES = 256 * 1024 * 1024  # dlib's ResNet has 22 MB; what is ten times that is something else
MAX_WEIGHT = 1e6  # far beyond any weight of the published networks; float32 sums of such lose all meaning


class ModelFileError(Exception):
    """The file is not the network that was expected; the text is a sentence with the file, the place and the reason."""


@dataclass(frozen=True)
class ModelFile:
    """The bytes of a model file with its name for messages; `sha256` (64 hex digits) tells one model from another."""

    name: str
    data: bytes
    sha256: str

    @classmethod
    def of_bytes(cls, name: str, data: bytes) -> "ModelFile":
        return cls(name, data, hashlib.sha256(data).hexdigest())

    @classmethod
    def read(cls, path: Path) -> "ModelFile":
        """Read `path` whole; raises ModelFileError if it is missing, unreadable or larger than MAX_FILE_BYTES."""
        try:
            with path.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                data = b"" if size > MAX_FILE_BYTES else stream.read()
        except OSError as error:
            raise ModelFileError(f"The model file {path} cannot be read: {error.strerror or error}.") from error
        if size > MAX_FILE_BYTES:
            raise ModelFileError(f"The model file {path} has {size} bytes, too many for a face model.")
        return cls.of_bytes(path.name, data)

    def require_hash(self, expected: str) -> None:
        """Raise ModelFileError unless the file's SHA-256 is `expected`."""
        if self.sha256 != expected:
            raise ModelFileError(
                f"The model file {self.name} is damaged or another one: its SHA-256 is {self.sha256} "
                f"where {expected} is expected."
            )

    def error(self, offset: int, problem: str) -> ModelFileError:
        """The error to raise for `problem`, a clause that says what is wrong at byte `offset`."""
        return ModelFileError(f"The model file {self.name} cannot be used: at byte {offset}, {problem}.")
