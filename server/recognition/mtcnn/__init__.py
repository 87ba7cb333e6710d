"""Find faces and their five landmarks by MTCNN (Zhang et al. 2016), at the picture's full resolution."""

from server.recognition.mtcnn.detector import SECOND_SCORE, UPRIGHT, MtcnnDetector
from server.recognition.mtcnn.networks import MtcnnNetworks

__all__ = ["SECOND_SCORE", "UPRIGHT", "MtcnnDetector", "MtcnnNetworks"]
