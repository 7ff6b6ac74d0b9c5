"""Changing terms: what decides pay beside the facts (people, organisation, plans, participation, targets, calendar).

A function that writes terms runs inside `writing()`. When the outermost one ends, `terms_written` is sent inside the
transaction, and whoever keeps results from terms marks what the change touches. Writers of facts call `hold()` before
they read terms: a change of terms waits until they have committed, and marks what they have written too.

Locks are taken in one order: keys of records, terms, payee-periods, the event order.
"""

import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec
from typing import TypeVar

from django.db import connection
from django.db import transaction
from django.dispatch import Signal

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")

# Sent inside the transaction that has changed terms, after the last change of the outermost writer.
terms_written = Signal()

_LOCK = 8462  # the number of the advisory lock on terms
_here = threading.local()


@contextmanager
def writing() -> Iterator[None]:
    """A transaction (or savepoint) that changes terms; nested ones count as one change."""
    depth = getattr(_here, "depth", 0)
    with transaction.atomic():
        _here.depth = depth + 1
        try:
            yield
        finally:
            _here.depth = depth
        if depth == 0:
            terms_written.send(sender=None)


def writes_terms(function: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """Runs a function inside `writing()`."""

    @wraps(function)
    def inside(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        with writing():
            return function(*args, **kwargs)

    return inside


def hold() -> None:
    """Terms stay as they are until the transaction ends: for whoever reads them and writes what depends on them."""
    _lock("pg_advisory_xact_lock_shared")


def claim() -> None:
    """Waits for everybody who holds the terms, and keeps them to this transaction until it ends."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])
