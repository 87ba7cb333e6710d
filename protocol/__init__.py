"""The wire, shared by server and client: bytes to messages and back. Knows no socket, no database, no clock."""
