"""Tell people by mail what waits for them: find it, write it, and hand it to a mail server."""
