"""`liji serve`: database, web, worker and scheduler from one command, and their clean end.

Web and worker are processes of their own, so that a long calculation never holds up a page; this process starts
them, starts them again when they die, and ends them on SIGINT or SIGTERM.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from dataclasses import field

log = logging.getLogger(__name__)
GRACE = 20.0  # seconds that a child has for finishing what it does


@dataclass
class Child:
    """A process that must be there: started again when it ends by itself, later each time."""

    name: str
    arguments: list[str]
    process: subprocess.Popen | None = None
    failures: int = 0
    next_start: float = 0.0
    started: float = field(default=0.0)

    def tend(self) -> None:
        now = time.monotonic()
        if self.process is None:
            if now >= self.next_start:
                # A session of its own: Ctrl-C reaches this process alone, which then ends the children in order.
                self.process = subprocess.Popen(  # noqa: S603 our own interpreter and arguments
                    [sys.executable, "-m", "liji.cli", *self.arguments], start_new_session=True
                )
                self.started = now
        elif (code := self.process.poll()) is not None:
            self.failures = 0 if now - self.started > 60 else self.failures + 1
            self.next_start = now + min(0.5 * 2**self.failures, 30)
            self.process = None
            log.error(
                "process ended, starting it again", extra={"process_name": self.name, "exit_code": code}
            )

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(GRACE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def port_is_free(host: str, port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def serve(host: str, port: int) -> int:
    """Runs until it is told to stop; returns the exit code."""
    if not port_is_free(host, port):
        print(
            f"端口 {port} 已被占用 / port {port} is taken. Try: liji serve --port {port + 1}", file=sys.stderr
        )
        return 2
    from liji import home

    # The children join the database that this process started; it stops with the last of them.
    os.environ["LIJI_DATABASE_URL"] = home.database_url()
    os.environ.setdefault("LIJI_BASE_URL", f"http://{host}:{port}")
    from liji.operate.django import prepare

    prepare()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    children = [
        Child("web", ["web", "--host", host, "--port", str(port)]),
        Child("worker", ["worker"]),
    ]
    from liji.demo.signins import table

    print(f"立激 Liji: {os.environ['LIJI_BASE_URL']}  (Ctrl-C stops it)\n{table()}".rstrip(), flush=True)
    while not stop.wait(0.25):
        for child in children:
            child.tend()
    for child in children:
        child.end()
    return 0


def _settle() -> None:
    """What has been loaded stays: the garbage collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def web(host: str, port: int) -> int:
    """The web server alone."""
    import uvicorn

    import liji.asgi  # noqa: F401  loaded before it is settled

    _settle()
    uvicorn.run(
        "liji.asgi:application",
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,  # open live streams end with the server
        proxy_headers=True,
    )
    return 0


def worker() -> int:
    """The worker and scheduler alone: jobs from the queue, and those that are due by the clock."""
    from liji.operate.django import ready

    ready()
    _settle()
    asyncio.run(_work())
    return 0


PAUSE = 1.0  # seconds before a worker that lost the database tries again


async def _work() -> None:
    """Works until it is told to stop; a database that goes away and comes back is no reason to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    while not stop.is_set():
        working = asyncio.create_task(_work_once())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()  # when it is still at work: it finishes its jobs first
        ended = (await asyncio.gather(working, return_exceptions=True))[0]
        if not stop.is_set():
            log.error("the worker lost the database, starting again", extra={"error": str(ended)})
            await asyncio.wait({told}, timeout=PAUSE)


async def _work_once() -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.db_cleanup import close_db_connections

    from liji.events import failures

    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async with working.open_async():
            await working.run_worker_async(
                concurrency=int(os.environ.get("LIJI_WORKERS", "4")),
                fetch_job_polling_interval=2.0,
                shutdown_graceful_timeout=10.0,
                update_heartbeat_interval=5.0,
                stalled_worker_timeout=20.0,
                delete_jobs="successful",
                task_middleware=[close_db_connections, failures.noting],
                install_signal_handlers=False,
            )
