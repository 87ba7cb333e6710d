"""Measure Rollcall beside its references."""

from settings.libraries import prepare_libraries

prepare_libraries()
