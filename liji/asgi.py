"""The ASGI application: `uvicorn liji.asgi:application`.

Only a live stream waits for long and wants an event loop. Every other page is synchronous through and through, and
runs as WSGI in a few threads that stay: under ASGI Django would start a thread for each request and change between
thread and loop at each middleware, which costs several times what the page does.

A slow phone must not hold a thread: the loop receives a request whole before a thread sees it, and takes an answer
whole before the phone has read it.
"""

import os
from collections.abc import Awaitable
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liji.settings")
THREADS = int(os.environ.get("LIJI_WEB_THREADS", "4"))
IN_MEMORY = 1024 * 1024  # bytes of a request; more than that waits in a file
CHUNK = 256 * 1024

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_streams = get_asgi_application()
_pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS, send_queue_size=0)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Hands a request to the loop or to the threads."""
    if scope["type"] != "http":
        await _pages(scope, receive, send)
    elif scope["path"] == "/live" or scope["path"].startswith("/live/"):
        await _streams(scope, receive, send)
    else:
        with SpooledTemporaryFile(IN_MEMORY) as body:
            if await _received(receive, body):
                await _pages(scope, _again(body), send)
            else:
                await _too_large(send)


async def _received(receive: Receive, body: IO[bytes]) -> bool:
    """Whether the whole request could be taken in. One that breaks off counts with what has come."""
    from django.conf import settings

    room = settings.UPLOAD_LIMIT + CHUNK
    while True:
        message = await receive()
        part = message.get("body", b"")
        room -= len(part)
        if room < 0:
            return False
        body.write(part)
        if not message.get("more_body", False):
            body.seek(0)
            return True


def _again(body: IO[bytes]) -> Receive:
    """What has been received, as if it came now."""

    async def receive() -> Message:
        part = body.read(CHUNK)
        return {"type": "http.request", "body": part, "more_body": len(part) == CHUNK}

    return receive


async def _too_large(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": "文件过大 / the request is too large\n".encode()})
