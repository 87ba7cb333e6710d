"""Back a database up into one sealed file, and restore it from there."""
