"""Reading a multipart body with limits: parts, sizes, names, time. Nothing is trusted, nothing is written to disk."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from guatu.fieldwork.acts import LARGEST_XML, FileIn
from guatu.intake.http import Request
from guatu.kernel.problems import Problem

LARGEST = 110_000_000
_MOST_PARTS = 110
_LONGEST_HEADERS = 8_192
_SECONDS = 55.0
XML_PART = "xml_submission_file"
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass
class Body:
    """The parts of a post."""

    xml: bytes = b""
    files: list[FileIn] = field(default_factory=list)
    incomplete: bool = False


async def chunks(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes, within the limits of size and time."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST:
        raise Problem("kernel.too_large", what="POST", size=f"{int(declared):,} B", limit=f"{LARGEST:,} B")
    size = 0
    try:
        async with asyncio.timeout(_SECONDS):
            while True:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise Problem("submission.bad_body", why="disconnected")
                chunk = message.get("body", b"")
                size += len(chunk)
                if size > LARGEST:
                    raise Problem(
                        "kernel.too_large", what="POST", size=f"> {LARGEST:,} B", limit=f"{LARGEST:,} B"
                    )
                yield chunk
                if not message.get("more_body", False):
                    return
    except TimeoutError:
        raise Problem("submission.bad_body", why=f"{_SECONDS:.0f} s") from None


class _Parts:
    """Collects the parts that the parser finds."""

    def __init__(self) -> None:
        self.body = Body()
        self.count = 0
        self.name = self.file_name = self.content_type = ""
        self.headers: dict[str, str] = {}
        self.field = self.value = b""
        self.header_size = 0
        self.content: list[bytes] = []
        self.size = 0
        self.ended = False
        self.wrong: Problem | None = None

    def on_part_begin(self) -> None:
        self.count += 1
        if self.count > _MOST_PARTS:
            raise Problem("submission.bad_body", why=f"> {_MOST_PARTS} parts")
        self.headers, self.header_size, self.content, self.size = {}, 0, [], 0

    def _header(self, chunk: bytes) -> bytes:
        self.header_size += len(chunk)
        if self.header_size > _LONGEST_HEADERS:
            raise Problem("submission.bad_body", why="part headers")
        return chunk

    def on_header_field(self, chunk: bytes, start: int, end: int) -> None:
        self.field += self._header(chunk[start:end])

    def on_header_value(self, chunk: bytes, start: int, end: int) -> None:
        self.value += self._header(chunk[start:end])

    def on_header_end(self) -> None:
        self.headers[self.field.decode("latin-1").lower()] = self.value.decode("utf-8", "replace")
        self.field = self.value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self.headers.get("content-disposition", ""))
        said = {key.decode("latin-1"): value.decode("utf-8", "replace") for key, value in options.items()}
        self.name = said.get("name", "")
        self.file_name = said.get("filename", "") or self.name
        self.content_type = self.headers.get("content-type", "")

    def on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        self.size += end - start
        if self.name == XML_PART and self.size > LARGEST_XML:
            # read on and throw away: a phone that is still sending would not hear the answer
            limit = f"{LARGEST_XML:,} B"
            self.wrong = Problem("kernel.too_large", what=XML_PART, size=f"> {limit}", limit=limit)
            self.content.clear()
            return
        self.content.append(chunk[start:end])

    def on_part_end(self) -> None:
        content = b"".join(self.content)
        self.content = []
        if self.name == XML_PART:
            self.body.xml = content
        elif self.name == "*isIncomplete*":
            self.body.incomplete = content.strip().lower() == b"yes"
        elif self.name:
            self.body.files.append(FileIn(safe_name(self.file_name), content, self.content_type[:100]))

    def on_end(self) -> None:
        self.ended = True


def safe_name(name: str) -> str:
    """A file's name without folders, control characters and direction marks."""
    plain = _CONTROL.sub("", PurePosixPath(name.replace("\\", "/")).name).strip(". ")
    return plain[-200:] or "file"


def _callbacks(parts: _Parts) -> Any:
    names = (
        "on_part_begin", "on_header_field", "on_header_value", "on_header_end", "on_headers_finished", "on_part_data",
        "on_part_end", "on_end",
    )  # fmt: skip
    return {name: getattr(parts, name) for name in names}


async def read_body(request: Request) -> Body:
    """The parts of a multipart post. Raises submission.bad_body, submission.no_file_part, kernel.too_large."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Problem("submission.bad_body", why="multipart/form-data")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, _callbacks(parts))
        async for chunk in chunks(request):
            parser.write(chunk)
        parser.finalize()
    except FormParserError as wrong:
        raise Problem("submission.bad_body", why=str(wrong)[:120]) from wrong
    if parts.wrong is not None:
        raise parts.wrong
    if not parts.ended:
        raise Problem("submission.bad_body", why="truncated")
    if not parts.body.xml:
        raise Problem("submission.no_file_part")
    return parts.body
