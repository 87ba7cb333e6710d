"""The API for programs and pages, version 1: one table of routes, from which everything else is made."""
