"""The side of Rollcall that is in the classroom."""
