"""The three networks of MTCNN as the detector sees them, whatever engine runs them."""

from dataclasses import dataclass

from server.recognition.engines import Network


@dataclass(frozen=True, slots=True)
class MtcnnNetworks:
    """P-Net, R-Net and O-Net.

    Each gives `scores`, the probability of a face, and `regression`, by how much of its width and height each edge of
    a window (left, top, right, bottom) is off. proposal takes pictures of any size from 12x12 and gives both in rows
    and columns: cell (r, c) is the window of 12x12 pixels that begins at row 2r, column 2c. refinement takes 24x24,
    output 48x48; output also gives `landmarks`, (n, 5, 2), x and y as fractions of the window: eye on the picture's
    left, eye on its right, nose tip, corner of the mouth on the left, on the right.
    """

    proposal: Network
    refinement: Network
    output: Network
