"""The ASGI application: `uvicorn liji.asgi:application`.

Only the live stream waits for long and wants an event loop. Every other page is synchronous through and through, and
runs as WSGI in a few threads that stay: under ASGI Django would start a thread for each request and change between
thread and loop at each middleware, which costs several times what the page does.
"""

import os
from collections.abc import Awaitable
from collections.abc import Callable
from typing import Any

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liji.settings")
THREADS = int(os.environ.get("LIJI_WEB_THREADS", "4"))

_streams = get_asgi_application()
_pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)


async def application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Hands a request to the loop or to the threads."""
    streams = scope["type"] == "http" and scope["path"] == "/live"
    await (_streams if streams else _pages)(scope, receive, send)
