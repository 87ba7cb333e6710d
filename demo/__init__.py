"""The demonstration: a class played from first to last by the real programs on real photographs."""

from demo.story import run_demo

__all__ = ["run_demo"]
