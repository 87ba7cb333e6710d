"""Find the programs that a trial needs of the system."""

import os
import shutil
from pathlib import Path
from typing import Final

from server.errors import SetupProblem

PATH: Final = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"])
GALERA: Final = Path("/usr/lib/galera/libgalera_smm.so")
# What Debian calls the package of each. None of these starts a service but haproxy, which as it comes listens nowhere.
_PACKAGES: Final = {
    "haproxy": "haproxy",
    "mariadbd": "mariadb-server-core",
    "mariadb-install-db": "mariadb-server-core",
    "my_print_defaults": "mariadb-client-core",
    "mariadb": "mariadb-client-core",
}


def missing_packages() -> list[str]:
    """Debian's names of what is not installed."""
    packages = [package for name, package in _PACKAGES.items() if shutil.which(name, path=PATH) is None]
    return sorted({*packages, *([] if GALERA.exists() else ["galera-4"])})


def require_packages() -> None:
    """Raises SetupProblem that says which to install."""
    if packages := " ".join(missing_packages()):
        raise SetupProblem(
            "A cluster on one machine needs HAProxy and MariaDB Galera, and {packages} is not installed: as root, "
            "`apt install {packages}` (on systems other than Debian the packages are named much alike).",
            packages=packages,
        )


def program(name: str) -> str:
    """Its path, of one that require_packages has found."""
    return shutil.which(name, path=PATH) or name
