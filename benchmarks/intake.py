"""How fast is the intake door, beside a program that does nothing but group commit into the same kind of store?

    python -m benchmarks.intake [--seconds 6] [--clients 1,8,32] [--json out.json]

Both run in the same run on the same machine, one server process each, and get the same body. The limit program reads the
body, finds the instance id with a regular expression and writes id and bytes; Guatu parses, validates, places, and writes
envelope, submission, fact, readings, act and receipt. Store: SQLite (WAL, synchronous=FULL) in a folder of its own.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOUNDARY = "guatu-bench"


@dataclass
class Result:
    """One program under one number of clients. cpu: seconds of the server's processor time for 1,000 submissions."""

    program: str
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_per_1000: float
    answered: int
    refused: int


def body() -> bytes:
    from tests.fieldwork.papers import filled

    form = filled(f"uuid:{uuid.uuid4()}", weather="fine", work="road leaflet")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="f.xml"\r\nContent-Type: text/xml\r\n\r\n'
    return head.encode() + form + f"\r\n--{BOUNDARY}--\r\n".encode()


async def one_client(port: int, path: str, until: float, times: list[float], refused: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: "
    while time.monotonic() < until:
        sent = body()
        begun = time.perf_counter()
        writer.write(head.encode() + str(len(sent)).encode() + b"\r\n\r\n" + sent)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (
                int(line.split(b":")[1])
                for line in answer.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ),
            0,
        )
        await reader.readexactly(length)
        times.append(time.perf_counter() - begun)
        if b" 201 " not in answer[:20]:
            refused.append(int(answer[9:12]))
    writer.close()


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number, parent = int(stat.parent.name), int(fields[1])
        if pid in (number, parent):
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def measure(program: str, port: int, pid: int, path: str, clients: int, seconds: float) -> Result:
    times: list[float] = []
    refused: list[int] = []

    async def crowd() -> None:
        until = time.monotonic() + seconds
        await asyncio.gather(*(one_client(port, path, until, times, refused) for _ in range(clients)))

    before, begun = cpu_of(pid), time.monotonic()
    asyncio.run(crowd())
    took, spent = time.monotonic() - begun, cpu_of(pid) - before
    times.sort()
    count = len(times)
    return Result(
        program, clients, round(count / took, 1), round(times[count // 2] * 1000, 2), round(times[int(count * 0.99)] * 1000, 2),
        round(spent / count * 1000, 3), count - len(refused), len(refused),
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(module: list[str], port: int, ready: str) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GUATU_", "DJANGO_"))
    }
    environment["GUATU_DEBUG"] = "0"
    environment["GUATU_HOSTS"] = "127.0.0.1"
    running = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, env=environment)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as line:
                line.sendall(f"GET {ready} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                if line.recv(64):
                    return running
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    try:
        running.wait(10)
    except subprocess.TimeoutExpired:
        running.kill()


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--seconds", type=float, default=6)
    given.add_argument("--clients", default="1,8,32")
    given.add_argument("--json", default="")
    said = given.parse_args()
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as folder:
        for program in ("limit", "guatu"):
            port, home = free_port(), Path(folder) / program
            home.mkdir()
            module = "benchmarks.limit" if program == "limit" else "tests.intake.serve"
            running = start([module, str(home), str(port)], port, "/openrosa/expo/formList")
            try:
                path = "/submission"
                if program == "guatu":
                    key = json.loads((home / "known.json").read_text())["keys"]["nanxiang"]
                    path = f"/openrosa/key/{key}/expo/submission"
                measure(program, port, running.pid, path, 2, 1)  # warm
                for clients in (int(word) for word in said.clients.split(",")):
                    results.append(measure(program, port, running.pid, path, clients, said.seconds))
            finally:
                stop(running)
    print(
        f"{'program':8} {'clients':>7} {'per s':>9} {'p50 ms':>8} {'p99 ms':>8} {'cpu s/1000':>11} {'refused':>8}"
    )
    for row in results:
        print(
            f"{row.program:8} {row.clients:7} {row.per_second:9} {row.p50_ms:8} {row.p99_ms:8} {row.cpu_per_1000:11} {row.refused:8}"
        )
    ratios = {}
    for clients in {row.clients for row in results}:
        limit, ours = (
            next(r for r in results if r.program == name and r.clients == clients)
            for name in ("limit", "guatu")
        )
        ratios[clients] = round(ours.cpu_per_1000 / max(limit.cpu_per_1000, 1e-9), 2)
        print(f"{clients} clients: Guatu costs {ratios[clients]} × the limit's processor time")
    if said.json:
        Path(said.json).write_text(
            json.dumps(
                {"results": [asdict(row) for row in results], "cpu_ratio": ratios},
                ensure_ascii=False,
                indent=2,
            )
            + "\n"
        )


if __name__ == "__main__":
    main()
