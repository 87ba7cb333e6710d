"""The demonstration: a class played from first to last by the real programs on real photographs."""

from demo.programs import ProgramFailed, Where
from demo.scene import COURSE
from demo.story import Play, Unexpected, play_class, run_demo

__all__ = ["COURSE", "Play", "ProgramFailed", "Unexpected", "Where", "play_class", "run_demo"]
