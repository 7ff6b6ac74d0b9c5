"""The hub of the live stream: one listening connection per process, fanned out to the open pages.

The database tells that there is something new; what it is, is read from the outbox by number, so a connection
that was lost and comes back misses nothing.
"""

import asyncio
import contextvars
import logging
import weakref
from dataclasses import dataclass
from dataclasses import field

import psycopg
from django.db import Error as DatabaseError
from django.db import connection
from django.db import connections

from liji.events import queries as events
from liji.events.services import CHANNEL

log = logging.getLogger(__name__)
QUEUE = 200  # events that wait for one slow page; then it is told to fetch everything anew
BATCH = 500
RESYNC = None  # stands in a queue for "too much was missed"
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries to connect


@dataclass(frozen=True)
class Heard:
    """What a page may know of an event: that it happened and whom it concerns. No figures."""

    id: int
    kind: str
    payee: int | None


@dataclass(eq=False)
class Listener:
    """One open page: whose events it may see (None: everybody's), and those that wait for it."""

    user_employee: int | None
    visible: frozenset[int] | None
    waiting: asyncio.Queue = field(default_factory=lambda: asyncio.Queue(QUEUE))

    def may_hear(self, event: Heard) -> bool:
        """A notice is for its reader alone; pay for those who may see it; the company's for everybody."""
        if event.payee is None or event.payee == self.user_employee:
            return True
        return event.kind != "notice" and (self.visible is None or event.payee in self.visible)

    def hear(self, event: Heard) -> None:
        if not self.may_hear(event):
            return
        if self.waiting.full():
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(RESYNC)
        else:
            self.waiting.put_nowait(event)


def read_since(number: int) -> list[Heard]:
    """Events after `number`, oldest first, at most BATCH. Blocks; leaves no connection open behind it."""
    try:
        return [Heard(*head) for head in events.heads_since(number, limit=BATCH)]
    finally:
        connections.close_all()


def _latest() -> int:
    try:
        return events.latest()
    finally:
        connections.close_all()


class Hub:
    """Listens while anybody does, and hands each event on to those who may see it."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.last: int | None = None  # the newest event handed on; None before the first connection
        self._task: asyncio.Task | None = None
        self._ready = asyncio.Event()

    async def join(self, listener: Listener) -> int:
        """From now on the listener hears every event after the number that is returned."""
        if self._task is None or self._task.done():
            self._ready.clear()
            # A context of its own: the request that happens to come first must not own what outlives it.
            self._task = asyncio.create_task(self._listen(), context=contextvars.Context())
        await self._ready.wait()
        self.listeners.add(listener)
        return self.last or 0

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        if not self.listeners and self._task:
            self._task.cancel()
            self._task = None
            self.last = None

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                connected = await psycopg.AsyncConnection.connect(**_parameters(), autocommit=True)
                async with connected as listening:
                    await listening.execute(f"LISTEN {CHANNEL}")
                    await self._catch_up()
                    self._ready.set()
                    pause = FIRST_PAUSE
                    async for told in listening.notifies():
                        if int(told.payload) > (self.last or 0):
                            await self._catch_up()
            except (psycopg.Error, DatabaseError, OSError) as error:
                log.warning("live stream lost the database", extra={"error": str(error), "pause": pause})
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _catch_up(self) -> None:
        if self.last is None:
            self.last = await asyncio.to_thread(_latest)
            return
        while fresh := await asyncio.to_thread(read_since, self.last):
            for event in fresh:
                for listener in self.listeners:
                    listener.hear(event)
            self.last = fresh[-1].id
            if len(fresh) < BATCH:
                return


def _parameters() -> dict[str, object]:
    """How to reach Django's database, for a connection outside its pool."""
    named = connection.settings_dict
    given = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    parameters = {name: named[key] for name, key in given.items() if named[key]}
    options = {name: value for name, value in named["OPTIONS"].items() if isinstance(value, str)}
    return options | parameters | {"application_name": "liji live"}


_hubs: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


