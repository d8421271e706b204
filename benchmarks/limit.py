"""The limit program: bare ASGI and group commit, nothing else. `python -m benchmarks.limit FOLDER PORT`."""

import asyncio
import queue
import re
import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

_ID = re.compile(rb"instanceID>([^<]+)<")
_waiting: "queue.SimpleQueue[tuple[str, bytes, Any, Any]]" = queue.SimpleQueue()
_folder = Path()


def commit() -> None:
    """Write what has queued, one transaction for all; then let everybody go."""
    store = sqlite3.connect(_folder / "limit.sqlite3", isolation_level=None)
    store.executescript(
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;CREATE TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY, body BLOB);"
    )
    while True:
        batch = [_waiting.get()]
        while len(batch) < 200:
            try:
                batch.append(_waiting.get_nowait())
            except queue.Empty:
                break
        store.execute("BEGIN IMMEDIATE")
        store.executemany(
            "INSERT OR IGNORE INTO kept VALUES (?, ?)", [(name, body) for name, body, _, _ in batch]
        )
        store.execute("COMMIT")
        for _, _, loop, done in batch:
            loop.call_soon_threadsafe(done.set_result, None)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    if scope["method"] == "POST":
        found = _ID.search(body)
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        _waiting.put((found[1].decode() if found else "", body, loop, done))
        await done
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def serve(folder: str, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Path(folder).joinpath("where").write_text(folder)
    import os

    os.environ["LIMIT_FOLDER"] = folder
    Granian("benchmarks.limit:started", factory=True, address="127.0.0.1", port=port, interface=Interfaces.ASGI, workers=1,
            websockets=False).serve()  # fmt: skip


def started() -> Any:
    """What a worker loads: the application with its committer running."""
    import os

    global _folder
    _folder = Path(os.environ["LIMIT_FOLDER"])
    threading.Thread(target=commit, daemon=True).start()
    return application


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
