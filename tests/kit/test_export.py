"""Exports of any length in constant memory, under both kinds of server."""

import asyncio
import io
import tracemalloc

import openpyxl
import pytest
from django.core.handlers.asgi import ASGIRequest
from django.test import RequestFactory

from guatu.kit import export
from guatu.kit.streaming import stream


def lines(count):
    for number in range(count):
        yield [number, f"案件{number}", "=1+1", None, True]


def test_a_long_csv_leaves_in_pieces():
    pieces = list(export.csv_text(["a"] * 5, lines(10_000)))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 2 * export.CHUNK


def peak(count):
    tracemalloc.start()
    for _piece in export.csv_text(["a"] * 5, lines(count)):
        pass
    top = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return top


def test_memory_does_not_grow_with_the_rows():
    peak(1_000)
    assert peak(40_000) < 1.5 * peak(10_000)


def test_a_sheet_survives_what_xml_cannot_hold():
    rows = [["\x01坏\x0b字", 1], ["长" * 40_000, 2], [float("nan"), 3]]
    with export.xlsx_file("a/b:c" * 20, ["列", "数"], rows) as book:
        sheet = openpyxl.load_workbook(io.BytesIO(book.read())).active
    assert [row[0].value for row in sheet.iter_rows()] == ["列", "坏字", "长" * 32767, None]
    assert len(sheet.title) <= 31


@pytest.mark.filterwarnings("error")
def test_both_servers_stream():
    def pieces():
        yield b"a"
        yield b"b"

    assert b"".join(stream(RequestFactory().get("/"), pieces(), "text/plain")) == b"ab"
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    answer = stream(ASGIRequest(scope, io.BytesIO()), pieces(), "text/plain")

    async def read():
        return [piece async for piece in answer]

    assert asyncio.run(read()) == [b"a", b"b"]
