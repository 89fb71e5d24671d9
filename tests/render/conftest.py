from __future__ import annotations

from hypothesis import HealthCheck, settings

# Examples are judged by what they show, not by how long they take: the machine may be busy with something else.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
