"""A cluster's machines as processes of this one: the rendered files, and the programs that read them elsewhere."""

from server.cluster.trial.packages import require_packages
from server.cluster.trial.places import loopback_plan
from server.cluster.trial.trial import Trial

__all__ = ["Trial", "loopback_plan", "require_packages"]
