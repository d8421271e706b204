"""Jobs for the worker's tests: one that works, one that breaks, one that is refused."""

from guatu.kernel.jobs import job
from guatu.kernel.problems import Problem

done: list[str] = []


@job
def note(word: str = "") -> None:
    done.append(word)


@job
def breaks() -> None:
    raise ConnectionError("the printer is out of paper")


@job
def refused() -> None:
    raise Problem("access.not_found")
