"""Make concrete classes from settings; a module for each, so that a command loads no more than it needs."""
