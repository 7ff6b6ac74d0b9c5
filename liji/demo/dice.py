"""Chance that repeats: the same words give the same throws, on every machine and every day."""

from random import Random


def dice(*words: object) -> Random:
    """A random generator that is the same for the same words."""
    return Random(":".join(map(str, words)))  # noqa: S311 a demo, nothing secret
