"""The commands for photographs, networks and thresholds."""
