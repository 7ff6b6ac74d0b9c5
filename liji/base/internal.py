"""Failures of the product itself: a reference for the reader, and in the log where it happened, without any value."""

import logging
import secrets
import traceback

log = logging.getLogger(__name__)


def reference(error: BaseException, what: str) -> str:
    """Eight characters that stand in the log beside type and place of an error; `what` says what was refused.

    The message of an error is not logged: the database's hold the values of records.
    """
    made = secrets.token_hex(4)
    where = traceback.extract_tb(error.__traceback__)
    frames = "; ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in where)
    log.error("%s, reference %s: %s at %s", what, made, type(error).__name__, frames)
    return made
