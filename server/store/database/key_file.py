"""Read, make and change the file of the keys. It is always whole, and nobody else's to read."""

import base64
import binascii
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from server.errors import SetupProblem
from server.store.database.cipher import FIRST_KEY, MOST_KEYS, Cipher

# The first key stands alone in its line, others behind their number.
HEADER: Final = "rollcall template key 1: AES-256-GCM, base64; keep it secret and back it up apart from the database"
KEY_BYTES: Final = 32

Keys = Mapping[int, bytes]  # by number


def open_key(path: Path, *, create: bool) -> Cipher:
    """The keys in this file, sealing with the newest; one is made first where the file is missing and may be.

    Two processes that make it at once end with the same key. Raises SetupProblem, naming the file.
    """
    keys = read_keys(path, create=create)
    return Cipher(keys, number=max(keys))


def read_keys(path: Path, *, create: bool = False) -> Keys:
    """As open_key. At least one key."""
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
    return _decode(text, path)


def add_key(path: Path, number: int) -> Keys:
    """Put a new key of this number beside those that are there. Raises SetupProblem."""
    keys = {**read_keys(path), number: secrets.token_bytes(KEY_BYTES)}
    _replace(path, keys)
    return keys


def destroy_keys(path: Path, *, but: int) -> None:
    """Leave this key alone in the file, and overwrite the file that was there. Raises SetupProblem."""
    keys = read_keys(path)
    if set(keys) != {but}:
        _replace(path, {but: keys[but]})


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
        text = path.read_bytes()
        # Opened before another took its place, and overwritten before it was read: see _replace.
        return path.read_bytes() if text.startswith(b"\0") else text
    except FileNotFoundError:
        return None


def _decode(text: bytes, path: Path) -> Keys:
    header, *lines = text.rstrip().split(b"\n")
    keys = dict(_of_line(line) for line in lines)
    if not header.startswith(b"rollcall template key 1") or not keys or 0 in keys or len(keys) != len(lines):
        raise SetupProblem(
            f"The file {path} holds no key of Rollcall or a damaged one: bring it back from a backup, or move it away "
            "and enrol every photograph again with `face_recog_server.py enrol --new-key`."
        )
    return keys


def _of_line(line: bytes) -> tuple[int, bytes]:
    """Number and key; the number is 0 where the line is damaged."""
    number, _, body = line.strip().rpartition(b" ")
    try:
        key = base64.b64decode(body, validate=True)
    except binascii.Error:
        return 0, b""
    known = (FIRST_KEY if not number else int(number)) if not number or number.isdigit() else 0
    return (known, key) if len(key) == KEY_BYTES and known <= MOST_KEYS else (0, b"")


def _encode(keys: Keys) -> bytes:
    lines = [HEADER]
    for number, key in sorted(keys.items()):
        text = base64.b64encode(key).decode()
        lines.append(text if number == FIRST_KEY else f"{number} {text}")
    return "".join(f"{line}\n" for line in lines).encode()


def _make(path: Path) -> None:
    """Write a new key beside the path, then link it there: never half a file, and never over one that is there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _draft(path, {FIRST_KEY: secrets.token_bytes(KEY_BYTES)})
    try:
        os.link(draft, path)
    except FileExistsError:
        return  # another process was quicker: its key is the key
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _replace(path: Path, keys: Keys) -> None:
    """Put these keys in the place of those that are there, as the same owner's, and overwrite the former file."""
    path = path.resolve()  # a link stays one
    try:
        draft = _draft(path, keys)
        with path.open("r+b") as former:
            status = os.fstat(former.fileno())
            if os.name == "posix" and status.st_uid != os.geteuid():
                os.chown(draft, status.st_uid, status.st_gid)  # the server has to read it, whoever changes it
            draft.replace(path)
            _sync_folder(path.parent)
            former.write(b"\0" * status.st_size)
            former.flush()
            os.fsync(former.fileno())
    except OSError as problem:
        raise SetupProblem(
            f"The key file {path} cannot be changed ({problem.strerror}): run this as a user who may write there."
        ) from problem


def _draft(path: Path, keys: Keys) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_encode(keys))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
