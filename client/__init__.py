"""The room's side of Rollcall: asks the server, shows the answers. Knows the protocol, and nothing of the server."""
