"""The command as typed, run inside the test's own store."""

import json
from collections.abc import Callable
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from guatu.cli import guatu
from guatu.kernel.problems import Problem


@pytest.fixture
def command(db: None) -> Callable[..., Result]:
    """`command("recount", "--json")`: exit code and output; a refusal comes back as it was raised."""

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(guatu, list(arguments))
        if result.exception and not isinstance(result.exception, (SystemExit, Problem, click.ClickException)):
            raise result.exception
        return result

    return run


@pytest.fixture
def said(command: Callable[..., Result]) -> Callable[..., Any]:
    """The JSON document that a command wrote."""

    def run(*arguments: str) -> Any:
        return json.loads(command(*arguments, "--json").stdout)

    return run
