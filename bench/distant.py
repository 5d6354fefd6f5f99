"""A PACS that is far away: what goes to a loopback port and back from it arrives so much later."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

_STEP = 256 * 1024
_UNDER_WAY_MOST = 64
# When what is under way arrives, and what it is.
UnderWay = asyncio.Queue[tuple[float, bytes]]


class Distant:
    """The way to the port `target`, as long as the `with` block; its near end is `port`."""

    def __init__(self, milliseconds: float) -> None:
        self.port = self.target = 0
        # Half of it there, half of it back.
        self._seconds = milliseconds / 2000
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="distant")

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._meet, "127.0.0.1", 0), self._loop).result()
        self.port = server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            async with asyncio.TaskGroup() as both:
                for begin, end in ((reader, far_writer), (far_reader, writer)):
                    under_way: UnderWay = asyncio.Queue(_UNDER_WAY_MOST)
                    both.create_task(self._leave(begin, under_way))
                    both.create_task(self._arrive(under_way, end))
        except* ConnectionError:
            # Who leaves at one end is gone at the other.
            far_writer.close()
            writer.close()

    async def _leave(self, reader: asyncio.StreamReader, under_way: UnderWay) -> None:
        data = b"more"
        while data:
            data = await reader.read(_STEP)
            await under_way.put((self._loop.time() + self._seconds, data))

    async def _arrive(self, under_way: UnderWay, writer: asyncio.StreamWriter) -> None:
        data = b"more"
        while data:
            due, data = await under_way.get()
            await asyncio.sleep(max(due - self._loop.time(), 0))
            writer.write(data)
            await writer.drain()
        writer.close()
