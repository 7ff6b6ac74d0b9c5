"""Answers that hardly ever change, kept for a few seconds so that a burst of orders does not ask for them each time."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Generic
from typing import TypeVar

Answer = TypeVar("Answer")
_kept: list["Kept"] = []
_memories: list[dict] = []


class Kept(Generic[Answer]):
    """A function without arguments whose answer is kept; another process sees a change after `seconds` at most."""

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self.ask, self.seconds = ask, seconds
        self.answer: tuple[float, Answer] | None = None
        wraps(ask)(self)
        _kept.append(self)

    def __call__(self) -> Answer:
        held = self.answer
        if held is None or time.monotonic() - held[0] > self.seconds:
            held = self.answer = (time.monotonic(), self.ask())
        return held[1]

    def forget(self) -> None:
        """The next call asks again: for whoever has changed what the answer is made of."""
        self.answer = None


def kept(seconds: float) -> Callable[[Callable[[], Answer]], Kept[Answer]]:
    """Keeps a function's answer for so many seconds."""
    return lambda ask: Kept(ask, seconds)


def memory() -> dict:
    """A dictionary for what never changes once it is read, emptied with the rest by `forget_all`."""
    made: dict = {}
    _memories.append(made)
    return made


def forget_all(*_: object, **__: object) -> None:
    """Forgets every kept answer of this process."""
    for answer in _kept:
        answer.forget()
    for remembered in _memories:
        remembered.clear()
