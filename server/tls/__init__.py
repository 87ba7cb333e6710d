"""Encrypt connections: the server's certificate, the sockets under it, and a campus's own authority for a trial."""
