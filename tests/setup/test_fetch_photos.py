"""Of the archive that is fetched, the photographs alone are unpacked, into the one folder."""

import io
import tarfile
from pathlib import Path

from setup.fetch_photos import unpack

IMAGES = "face_recognition-1.3.0/tests/test_images"


def _archive(*names: str, link: str | None = None) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
        if link:
            member = tarfile.TarInfo(link)
            member.type = tarfile.SYMTYPE
            member.linkname = "/etc/passwd"
            archive.addfile(member)
    return file.getvalue()


def test_photographs_of_examples_and_tests_are_unpacked_whole(tmp_path: Path) -> None:
    archive = _archive(f"{IMAGES}/obama.jpg", "face_recognition-1.3.0/examples/two.png", f"{IMAGES}/notes.txt")
    assert unpack(archive, tmp_path / "photos") == ["obama.jpg", "two.png"]
    assert (tmp_path / "photos" / "obama.jpg").read_bytes() == f"{IMAGES}/obama.jpg".encode()


def test_names_that_lead_elsewhere_and_links_are_passed_over(tmp_path: Path) -> None:
    archive = _archive(f"{IMAGES}/../../../x.jpg", "/srv/x.jpg", f"{IMAGES}/a/b.jpg", link=f"{IMAGES}/link.jpg")
    assert unpack(archive, tmp_path / "photos") == []
    assert [path.name for path in tmp_path.rglob("*")] == ["photos"]
