"""What schemathesis does not know by itself: how our media types are written."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/toml", "application/zip", "text/csv")
def as_bytes(ctx: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
