"""A small pack written by the product itself, and the Jiading pack with its sample, entered once for a module."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from guatu.kernel import clock
from guatu.kernel.acts import SYSTEM
from guatu.packs.applying import apply_pack, sound
from guatu.packs.library import find
from guatu.packs.pack import Pack
from guatu.packs.reading import read_pack
from guatu.packs.sampling import enter_sample
from guatu.packs.scaffold import new_pack
from guatu.places.reads import forget
from tests.conftest import CAMPAIGN_DAY


@pytest.fixture(scope="module")
def jiading(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Pack]:
    """The demo: pack and sample in the store, taken back when the module's last test is done."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(CAMPAIGN_DAY):  # type: ignore[attr-defined]
        pack = sound(find("jiading-2021"))
        enter_sample(by=SYSTEM, report=apply_pack(by=SYSTEM, pack=pack))
        yield pack
        transaction.set_rollback(True)
    forget()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a tiny sound pack."""
    return new_pack(tmp_path, "small-2021", title="小保障")


@pytest.fixture
def mend(small: Path) -> Callable[..., Pack]:
    """Changes one file of the tiny pack and reads it: mend("pack.toml", "old", "new")."""

    def change(file: str, old: str, new: str) -> Pack:
        path = small / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_pack(small)

    return change


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the Jiading pack that may be spoilt."""
    return Path(shutil.copytree(find("jiading-2021"), tmp_path / "jiading-2021"))
