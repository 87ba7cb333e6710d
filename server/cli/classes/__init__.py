"""The commands for courses, rosters, class days and reports."""
