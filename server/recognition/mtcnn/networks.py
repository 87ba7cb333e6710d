"""The three networks of MTCNN as the detector sees them, whatever engine runs them."""

from dataclasses import dataclass

from server.recognition.engines import Network


@dataclass(frozen=True, slots=True)
class MtcnnNetworks:
    """P-Net, R-Net and O-Net; converter.tflite tells what they take and give."""

    # Each gives `scores`, the probability of a face, and `regression`, by how much of its width and height each edge
    # of a window is off; P-Net by cells: (r, c) is the window of 12x12 that begins at row 2r, column 2c. O-Net also
    # gives `landmarks`, x and y as fractions of the window.

    proposal: Network
    refinement: Network
    output: Network
