"""The room's side of Rollcall: ask the server, show its answers."""
