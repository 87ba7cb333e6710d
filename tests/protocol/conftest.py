"""How the property tests of the codec run: a slow or busy machine is no fault of the codec."""

from hypothesis import HealthCheck, settings

settings.register_profile("rollcall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("rollcall")
