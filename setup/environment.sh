#!/bin/sh
# Make .venv in the current folder, the project's root, and install what the files given as arguments name.
# An environment that an interrupted run left half made, or whose Python has gone, is made anew.
set -eu

least=11
most=14
requirements=${1:-requirements.txt}

minor() {
    "$1" -c 'import sys; print(sys.version_info[1] if sys.version_info[0] == 3 else 0)' 2>/dev/null || echo 0
}

supported() { [ "$(minor "$1")" -ge $least ] && [ "$(minor "$1")" -le $most ]; }

find_python() {
    for candidate in "${PYTHON:-python3}" ${PYTHON:+-} python3.14 python3.13 python3.12 python3.11; do
        [ "$candidate" = - ] && break
        if supported "$candidate"; then echo "$candidate"; return; fi
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="not there"
    echo "Rollcall needs Python 3.$least to 3.$most, and ${PYTHON:-python3} is $found:" \
        "install one of them, or name it: make setup PYTHON=/path/to/python3.$most" >&2
    exit 1
}

python=$(find_python)
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$python comes without venv: install python3.$(minor "$python")-venv (apt-get install it as root)," \
        "then run this again." >&2
    exit 1
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || { [ -n "${PYTHON:-}" ] &&
    [ "$(minor .venv/bin/python)" != "$(minor "$python")" ]; }; then
    echo "Making .venv with $("$python" --version)."
    "$python" -m venv --clear .venv
fi

echo "Installing the libraries into .venv (about 350 MB the first time, one or two minutes)."
if [ -t 1 ]; then quiet=; else quiet=--quiet; fi
if ! .venv/bin/python -m pip install $quiet --disable-pip-version-check -r "$requirements"; then
    echo "pip could not install $requirements: what it said stands above. Mend that (most often the network)" \
        "and run this again; what is already there is kept." >&2
    exit 1
fi
