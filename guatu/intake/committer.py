"""One committer per process: takes what concurrent requests have queued and writes it together.

A request is answered only after the commit that holds its submission; while one transaction is on its way to the disk,
the next batch gathers by itself, so nobody waits for a timer.
"""

import asyncio
import logging
import queue
import threading
from dataclasses import dataclass

from django.db import connections

from guatu.fieldwork.acts import EnvelopeIn, Outcome, receive_many
from guatu.kernel import clock
from guatu.kernel.problems import Problem

_log = logging.getLogger("guatu.intake")
_MOST_AT_ONCE = 200
_MOST_BYTES_AT_ONCE = 24_000_000
_LONGEST_QUEUE = 4_000


@dataclass
class _Waiting:
    envelope: EnvelopeIn
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[Outcome]"

    @property
    def size(self) -> int:
        return len(self.envelope.xml) + sum(len(file.content) for file in self.envelope.files)

    def tell(self, outcome: Outcome) -> None:
        def finish() -> None:
            if not self.answer.done():  # the client may be gone
                self.answer.set_result(outcome)

        try:
            self.loop.call_soon_threadsafe(finish)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more, and what was committed is committed


class Committer:
    """The queue and its thread; the thread starts with the first envelope."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Waiting] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._left: _Waiting | None = None

    async def submit(self, envelope: EnvelopeIn) -> Outcome:
        """Queue an envelope and wait until it is durable, or refused."""
        if self._queue.qsize() >= _LONGEST_QUEUE:
            return Outcome(problem=Problem("submission.busy"))
        self._start()
        loop = asyncio.get_running_loop()
        waiting = _Waiting(envelope, loop, loop.create_future())
        self._queue.put(waiting)
        return await waiting.answer

    def _start(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="guatu-committer", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = self._gather()
            try:
                clock.refresh()
                outcomes = receive_many(envelopes=[waiting.envelope for waiting in batch])
            except Exception:
                # whatever broke, each one waiting is told that nothing was entered, and the thread lives on
                _log.exception("a batch of %d was not written", len(batch))
                connections.close_all()
                outcomes = [Outcome(problem=Problem("submission.busy")) for _ in batch]
            for waiting, outcome in zip(batch, outcomes, strict=True):
                if outcome.problem is not None and outcome.problem.code == "submission.busy":
                    connections.close_all()  # the connection may be what is broken
                waiting.tell(outcome)

    def _gather(self) -> list[_Waiting]:
        """The first one that comes, and everything that queued meanwhile, up to a sensible size."""
        first = self._left if self._left is not None else self._queue.get()
        self._left = None
        batch, size = [first], first.size
        while len(batch) < _MOST_AT_ONCE:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if size + following.size > _MOST_BYTES_AT_ONCE:
                self._left = following
                break
            batch.append(following)
            size += following.size
        return batch


COMMITTER = Committer()
