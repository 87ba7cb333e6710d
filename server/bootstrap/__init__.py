"""Settings to store, recogniser, gallery, services and listener: the one place that names concrete classes.

A module for each, so that a command loads no more than it needs.
"""
