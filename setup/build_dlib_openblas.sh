#!/bin/sh
# Build dlib from source against OpenBLAS into the folder that is named, for the bench to compare with: ten minutes on
# two cores. Put that folder first on PYTHONPATH to use it. Does nothing where it has been built already.
set -eu
folder=${1:?"name the folder to build into"}
version=$(.venv/bin/python -c 'import importlib.metadata as m; print(m.version("dlib"))')
[ ! -f "$folder/built-$version" ] || exit 0

missing=
command -v c++ >/dev/null 2>&1 || missing=" c++"
.venv/bin/python -c 'import ctypes; ctypes.CDLL("libopenblas.so")' 2>/dev/null || missing="$missing libopenblas"
if [ -n "$missing" ]; then
    echo "To build dlib,$missing is missing: run 'apt-get install g++ libopenblas-dev python3-dev' as root," \
        "then this again." >&2
    exit 1
fi

echo "Building dlib $version with OpenBLAS into $folder (about ten minutes)."
rm -rf "$folder"
# The project's own distribution named dlib is empty; this is the real one, and it must not land in .venv.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-binary dlib \
    --target "$folder" "dlib==$version"
if ! ldd "$folder"/*.so | grep -q openblas; then
    echo "dlib was built, but without OpenBLAS: its CMake did not find it. Look at libopenblas-dev." >&2
    exit 1
fi
touch "$folder/built-$version"
