"""A very small HTTP client: what measures should cost little beside what is measured.

HTTP/1.1 with kept connections over asyncio's streams; answers with a length or in chunks; nothing else.
"""

import asyncio
from collections.abc import AsyncIterator
from collections.abc import Mapping

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Client:
    """Requests to one server; connections that are free are used again."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._free: list[Connection] = []

    async def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
    ) -> tuple[int, bytes]:
        """Status and body."""
        connection = await self._open()
        reader, _ = connection
        status, told = await self._begin(connection, method, path, headers, body)
        if told.get("transfer-encoding") == "chunked":
            content = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            content = await reader.readexactly(int(told.get("content-length", "0")))
        self._free.append(connection)
        return status, content

    async def lines(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        """The lines of a stream that does not end."""
        connection = await asyncio.open_connection(self.host, self.port)
        await self._begin(connection, "GET", path, headers, b"")
        rest = b""
        async for chunk in _chunks(connection[0]):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line

    async def _open(self) -> Connection:
        """The connection used last, unless the server has closed it meanwhile."""
        while self._free:
            connection = self._free.pop()
            if not connection[0].at_eof():
                return connection
        return await asyncio.open_connection(self.host, self.port)

    async def _begin(
        self, connection: Connection, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str]]:
        reader, writer = connection
        named = {"host": f"{self.host}:{self.port}", "content-length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").split("\r\n")
        pairs = (line.split(":", 1) for line in answer[1:] if line)
        return int(answer[0].split()[1]), {name.lower(): value.strip() for name, value in pairs}


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
