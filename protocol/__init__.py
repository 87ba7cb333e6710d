"""The wire, shared by server and client: messages and their bytes."""
