"""Properties are about what is true, not about how fast this machine is today.

Hypothesis fails an example that takes longer than a fifth of a second. On a busy machine that is
chance, and a test that fails by chance teaches people to run it again.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("unhurried")
