"""`python -m converter FILE OUT`: write the ONNX model of the network in a dlib `.dat` or a TFLite file."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from . import tflite
from .dat import convert_detector, convert_embedder
from .model_file import ModelFile, ModelFileError

if TYPE_CHECKING:
    import onnx


def main() -> int:
    parser = argparse.ArgumentParser(prog="converter", description="Write a face network as ONNX.")
    parser.add_argument("file", type=Path, help="the file of the network")
    parser.add_argument("out", type=Path, help="the ONNX file to write")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--detector", action="store_true", help="the file holds dlib's MMOD detector, not its embedder")
    kind.add_argument("--tflite", choices=get_args(tflite.Network), help="the file holds this network as TFLite")
    arguments = parser.parse_args()
    try:
        model = _convert(ModelFile.read(arguments.file), arguments.tflite, arguments.detector)
        arguments.out.write_bytes(model.SerializeToString())
    except (ModelFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _convert(file: ModelFile, network: tflite.Network | None, is_detector: bool) -> "onnx.ModelProto":
    if network is not None:
        return tflite.convert(network, file)
    return convert_detector(file) if is_detector else convert_embedder(file)


if __name__ == "__main__":
    sys.exit(main())
