"""Say whose a command is: the account of the operating system that runs it."""

import os
import pwd


def system_account() -> str:
    """Its name; behind sudo, of who called that. What the environment says else counts for nothing."""
    number = os.getuid()
    if number == 0 and (caller := os.environ.get("SUDO_USER", "")):
        return caller[:60] if caller.isprintable() else "root"
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid {number}"
