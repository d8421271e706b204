"""How often somebody may come: counted where all processes see it."""

from django.core.cache import cache


def one_more(name: str, seconds: int) -> int:
    """Count one more under this name; answers how many there have been in these seconds, this one included."""
    if cache.add(name, 1, seconds):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # it ran out between the two lines
        return 1
