"""The side of Rollcall that is in the classroom."""

from settings.libraries import prepare_libraries

prepare_libraries()
