"""`GET /live`: what happens, told to open pages as Server-Sent Events, to each only what its user may see."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import StreamingHttpResponse

from liji.access import queries as access
from liji.access.acting import acts_now
from liji.dashboards.display import opened
from liji.people import queries as people
from liji.web.hub import BATCH
from liji.web.hub import RESYNC
from liji.web.hub import Heard
from liji.web.hub import Listener
from liji.web.hub import hub
from liji.web.hub import read_since

BEAT = 15.0  # seconds
# A stream ends after a while and the page opens it again, so that user, roles and subtree are asked anew.
LIFETIME = 600.0
RETRY = 1500  # milliseconds after which a page tries again


async def live(request: HttpRequest) -> HttpResponse:
    """The stream. `Last-Event-ID` (or `since`, on the first try) says what the page knows already."""
    listener = await sync_to_async(_listener)(request)
    if listener is None:
        return HttpResponse(status=401)
    user = request.user.pk
    return _stream(_tell(listener, _known(request), _event, lambda: _asked(acts_now, user)))


async def display(request: HttpRequest, token: str) -> HttpResponse:
    """The stream of a wall display: that something has happened, not to whom."""
    if await sync_to_async(_asked)(opened, token) is None:
        return HttpResponse(status=401)
    told = _tell(
        Listener(None, None),
        _known(request),
        lambda event: _event(replace(event, payee=None)),
        lambda: _asked(opened, token) is not None,
    )
    return _stream(told)


def _stream(told: AsyncIterator[str]) -> HttpResponse:
    response = StreamingHttpResponse(told, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _asked(question: Callable[[Any], Any], given: Any) -> Any:
    """An answer of the database, whose connection is given back at once: a stream stays open for minutes."""
    try:
        return question(given)
    finally:
        connections.close_all()


def _known(request: HttpRequest) -> int | None:
    given = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    return int(given) if given.isdecimal() and len(given) < 19 else None


def _listener(request: HttpRequest) -> Listener | None:
    try:
        if not request.user.is_authenticated:
            return None
        visible = access.visible_payees(request.user, people.today())
        return Listener(request.user.employee_id, None if visible is None else frozenset(visible))
    finally:
        # The stream stays open for minutes and needs no database meanwhile: give the connection back now.
        connections.close_all()


async def _tell(
    listener: Listener, known: int | None, say: Callable[[Heard], str], may_go_on: Callable[[], bool]
) -> AsyncIterator[str]:
    """What a listener hears, until the stream is old or `may_go_on`, asked at every beat, says no."""
    place, ends = hub(), time.monotonic() + LIFETIME
    beat = time.monotonic() + BEAT
    try:
        yield f"retry: {RETRY}\n\n"
        newest = await place.join(listener)
        yield _message("hello", {"id": newest}, newest if known is None else None)
        sent = newest
        if known is not None and known < newest:
            missed = await asyncio.to_thread(read_since, known)
            if len(missed) == BATCH:
                yield _message("resync", {}, newest)
            else:
                for event in filter(listener.may_hear, missed):
                    yield say(event)
                sent = max(sent, missed[-1].id if missed else 0)
        while (now := time.monotonic()) < ends:
            if now >= beat:
                if not await asyncio.to_thread(may_go_on):
                    return
                yield _message("beat", {})
                beat = now + BEAT
            try:
                event = await asyncio.wait_for(listener.waiting.get(), min(beat, ends) - now)
            except TimeoutError:
                continue
            if event is RESYNC:
                yield _message("resync", {}, place.last)
            elif event.id > sent:
                yield say(event)
    finally:
        place.leave(listener)


def _event(event: Heard) -> str:
    return _message("happened", {"id": event.id, "kind": event.kind, "payee": event.payee}, event.id)


def _message(name: str, body: dict[str, object], number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(body)}\n\n"
