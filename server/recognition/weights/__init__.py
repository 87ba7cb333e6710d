"""The weights of the published networks: fetched by set-up, kept in the user's cache, verified at every load.

model = published_network("mobilefacenet")  # the bytes of an ONNX model; `converter.tflite` tells what it takes
"""

from server.recognition.weights.cache import StoredModel, published_network, stored_models
from server.recognition.weights.fetching import fetch_weights, import_weights
from server.recognition.weights.listing import ListedFile, listed_files

__all__ = [
    "ListedFile",
    "StoredModel",
    "fetch_weights",
    "import_weights",
    "listed_files",
    "published_network",
    "stored_models",
]
