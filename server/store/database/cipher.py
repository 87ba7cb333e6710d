"""Seal embeddings with AES-256-GCM under a key that never enters the database or a log."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import SetupProblem

HEADER: Final = "rollcall template key 1: AES-256-GCM, base64; keep it secret and back it up apart from the database"
KEY_BYTES: Final = 32
# 96 bits, drawn at random: NIST SP 800-38D permits 2**32 messages under one key so.
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class WrongKey(Exception):
    """What is sealed was not sealed with this key, or not for this place, or was changed."""


class Cipher:
    """One key. Immutable, so that threads may share it."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, *, place: bytes) -> bytes:
        """Nonce, ciphertext and tag. place: what belongs to this row alone, so that it cannot be moved to another."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, *, place: bytes) -> bytes:
        """What was sealed for this place. Raises WrongKey."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise WrongKey
        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except InvalidTag as problem:
            raise WrongKey from problem


def open_key(path: Path, *, create: bool) -> Cipher:
    """The key in this file, made first where it is missing and may be. Raises SetupProblem, naming the file.

    Two processes that make it at once end with the same key.
    """
    try:
        text = _read(path)
        if text is None and create:
            _make(path)
            text = _read(path)
    except OSError as problem:
        raise SetupProblem(
            f"The key file {path} cannot be read or made ({problem.strerror}): "
            "allow this user to, or name another file with --key-file."
        ) from problem
    if text is None:
        raise SetupProblem(f"The key file {path} is missing.")
    return Cipher(_decode(text, path))


def key_file_problems(path: Path) -> tuple[str, ...]:
    """What is wrong with a key file that exists, as sentences that say what to do; for `doctor`."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return ()
    except OSError as problem:
        return (f"The key file {path} cannot be looked at ({problem.strerror}): allow this user to read it.",)
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "no plain file"
        return (f"The key file {path} is {kind}: name a file with --key-file.",)
    problems = []
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        problems.append(f"The key file {path} is open to other users: run `chmod 600 {path}`.")
    try:
        open_key(path, create=False)
    except SetupProblem as problem:
        problems.append(problem.text)
    return tuple(problems)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _decode(text: bytes, path: Path) -> bytes:
    header, _, body = text.partition(b"\n")
    try:
        key = base64.b64decode(body.strip(), validate=True)
    except binascii.Error:
        key = b""
    if not header.startswith(b"rollcall template key 1") or len(key) != KEY_BYTES:
        raise SetupProblem(
            f"The file {path} holds no key of Rollcall or a damaged one: bring it back from a backup, or move it away "
            "and enrol every photograph again with `face_recog_server.py enrol --new-key`."
        )
    return key


def _make(path: Path) -> None:
    """Write a new key beside the path, then link it there: never half a file, and never over one that is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{HEADER}\n{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another process was quicker: its key is the key
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
