"""The rules of attendance, pure: they know no clock, no store and no message."""
