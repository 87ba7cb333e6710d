"""What a room's camera can do: sizes and light by row, and what follows for its students."""
