"""Phones on a slow line: many of them at once must not keep the others waiting."""

import contextlib
import socket
from urllib.request import urlopen

from liji.asgi import THREADS
from tests.server import Installation


def _half_a_post(served: Installation) -> socket.socket:
    """Begins a request and does not go on."""
    phone = socket.create_connection(("127.0.0.1", served.port), timeout=10)
    head = "POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
    phone.sendall(head.encode() + b"username=")
    return phone


def test_requests_that_come_slowly_hold_nobody_up(served: Installation):
    with contextlib.ExitStack() as phones:
        for _ in range(3 * THREADS):
            phones.enter_context(_half_a_post(served))
        assert urlopen(served.base_url + "/health", timeout=10).status == 200
