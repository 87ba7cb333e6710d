"""Say in Korean and English what to change about a picture's light, focus and compression."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cameras.quality import PictureQuality

# Grey values of faces: darker ones lose what they are known by; so much brighter what is around them, they are lit from
# behind; of a picture nearly white so much is a window or a projector.
DARK_FACES: Final = 60.0
BACK_LIGHT: Final = 40.0
BRIGHT_SHARE: Final = 0.04
# Of a picture without faces: its mean grey value.
DARK_PICTURE: Final = 40.0
# Variance of the Laplacian at 32 points: faces in focus have 54 to 1800, blurred by four pixels 4 to 40 (docs/room.md).
SOFT: Final = 40.0
# Steps at the edges of blocks against those inside them: JPEG of quality 85 has 1.2, of 50 1.6, of 25 2.1.
BLOCKY: Final = 1.8


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing to know, in both languages."""

    korean: str
    english: str


def light_advice(quality: PictureQuality) -> Iterator[Sentence]:
    """Of faces where there are some, else of the whole picture."""
    if quality.beside > BACK_LIGHT:
        yield Sentence(
            "역광입니다. 커튼을 치거나 카메라를 창을 등지게 두십시오.",
            "Faces are lit from behind: draw the curtains, or let the camera look away from the windows.",
        )
    elif quality.face_light < DARK_FACES:
        yield Sentence("얼굴이 어둡습니다. 불을 켜십시오.", "Faces are dark: switch on the lamps over the seats.")
    elif quality.light < DARK_PICTURE:
        yield Sentence("화면이 어둡습니다. 불을 켜십시오.", "The picture is dark: switch on the lamps.")
    if quality.bright > BRIGHT_SHARE:
        yield Sentence(
            f"화면의 {quality.bright:.0%}가 거의 흰색입니다. 창이나 프로젝터가 노출을 어둡게 할 수 있습니다.",
            f"{quality.bright:.0%} of the picture is nearly white: a window or a projector may darken the faces.",
        )


def camera_advice(quality: PictureQuality) -> Iterator[Sentence]:
    """Of focus, which faces alone tell, and compression."""
    if quality.sharpness < SOFT:
        yield Sentence(
            "얼굴이 흐립니다. 초점을 맞추고 렌즈를 닦으십시오.", "Faces are blurred: focus the camera, wipe its lens."
        )
    if quality.blocks > BLOCKY:
        yield Sentence(
            "압축이 심합니다. 카메라의 화질(비트레이트)을 올리십시오.",
            "The picture is compressed too much: raise the camera's quality or bit rate.",
        )
