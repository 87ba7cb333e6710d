"""`python -m converter FILE OUT`: write the ONNX model of the network in a dlib `.dat` file."""

import argparse
import sys
from pathlib import Path

from .dat import ModelFile, ModelFileError, convert_detector, convert_embedder


def main() -> int:
    parser = argparse.ArgumentParser(prog="converter", description="Write dlib's face embedder or detector as ONNX.")
    parser.add_argument("file", type=Path, help="the .dat file of the embedder, or of the detector")
    parser.add_argument("out", type=Path, help="the ONNX file to write")
    parser.add_argument("--detector", action="store_true", help="the file holds the MMOD detector, not the embedder")
    arguments = parser.parse_args()
    convert = convert_detector if arguments.detector else convert_embedder
    try:
        arguments.out.write_bytes(convert(ModelFile.read(arguments.file)).SerializeToString())
    except (ModelFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
