"""Keep the libraries that we load from calling their makers, leaving files outside our folders and burning cores.

Knows no library: it sets what they look at, so it has to come before their import.
"""

import os
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from settings.folders import cache_folder

_FONTS: Final = Path(__file__).resolve().parent / "fonts.conf"


@dataclass(frozen=True, slots=True)
class Switch:
    """An environment variable that a library, by its name for `import`, reads when it is loaded.

    value: in it `{cache}` stands for our own cache folder.
    """

    library: str
    variable: str
    value: str
    reason: str


SWITCHES: Final = (
    Switch(
        "onnxruntime",
        "ORT_DISABLE_TELEMETRY",
        "1",
        "From 1.31 on it tells Microsoft of its use and of the machine, and keeps a device id and what waits to be "
        "sent in ~/.cache/Microsoft. onnxruntime.disable_telemetry_events() after the import comes too late for both.",
    ),
    Switch(
        "numpy",
        "OPENBLAS_NUM_THREADS",
        "1",
        "Else a thread a core multiplies each small matrix, and waits for the others by spinning: where other programs "
        "want the cores 100 faces against 300 students take 13 ms of the processor in place of 3.",
    ),
    Switch("matplotlib", "MPLCONFIGDIR", "{cache}/matplotlib", "Else ~/.config/matplotlib and ~/.cache/matplotlib."),
    Switch("cv2", "OPENCV_OPENCL_RUNTIME", "disabled", "Else a driver may write into ~/.cache; it is not used."),
    Switch("PySide6", "QT_DISABLE_SHADER_DISK_CACHE", "1", "Else ~/.cache/qtshadercache."),
)
"""Of the libraries that we load, those that would do more than they are asked, and what keeps them from it."""

KEPT_OUT: Final = {
    "openvino_telemetry": "OpenVINO's Python package tells Google Analytics of each import, unless a file in ~/intel "
    "or the variable CI says not to; without this module it has a stub in its place.",
}
"""Modules that are never loaded, each with the reason."""

FONT_LIBRARIES: Final = ("matplotlib", "PySide6")
"""They ask fontconfig for fonts, which keeps a cache: in our folder, by fonts.conf beside this file."""


def prepare_libraries(
    environment: MutableMapping[str, str] = os.environ,
    modules: MutableMapping[str, ModuleType] = sys.modules,
) -> None:
    """Set every switch, for this process and those that it starts. Before any of the libraries is imported."""
    try:
        folder = str(cache_folder(environment))
    except RuntimeError:
        folder = ""  # a user without a home: what would lie there is made in a temporary folder, by the library itself
    for switch in SWITCHES:
        if folder or "{cache}" not in switch.value:
            environment[switch.variable] = switch.value.format(cache=folder)
    for name in KEPT_OUT:
        modules.setdefault(name, None)  # type: ignore[arg-type]  # None: its import fails as that of one that is not there
    if Path("/etc/fonts/fonts.conf").is_file():
        environment.setdefault("FONTCONFIG_FILE", str(_FONTS))
