"""Reading a folder into a pack, part by part; nothing is asked of the store."""

from pathlib import Path

from guatu.packs.pack import Pack
from guatu.packs.reading.cases import read_cases
from guatu.packs.reading.counting import read_briefs, read_indicators, read_wall
from guatu.packs.reading.frame import read_frame
from guatu.packs.reading.people import read_areas, read_organisation, read_posts, read_units
from guatu.packs.reading.sample import read_sample
from guatu.packs.reading.street import read_industries, read_norms
from guatu.packs.reading.work import read_forms, read_registers, read_tasks


def read_pack(folder: Path) -> Pack:
    """Read and check a pack; `pack.faults` holds every mistake with file, sheet, line and remedy."""
    pack = Pack(folder=folder)
    if not read_frame(pack):
        return pack
    if pack.library:
        read_library(pack)
        return pack
    for read in (
        read_areas, read_units, read_posts, read_organisation, read_cases, read_forms, read_registers, read_industries,
        read_norms, read_tasks,
        read_indicators, read_wall, read_briefs, read_sample,
    ):  # fmt: skip
        read(pack)
    return pack


# What a pack without a campaign of its own may bring beside pack.toml and what cases.toml names.
_OF_CAMPAIGNS = (
    "areas.csv", "areas.xlsx", "units.csv", "units.xlsx", "posts.csv", "posts.xlsx", "organisation.toml", "forms.toml", "registers.toml",
    "tasks.csv", "tasks.xlsx", "industries.csv", "industries.xlsx", "norms.csv", "norms.xlsx", "indicators.toml", "wall.toml",
)  # fmt: skip


def read_library(pack: Pack) -> None:
    """A pack that goes into any campaign brings what it says about cases, and nothing that needs a place or people."""
    for name in _OF_CAMPAIGNS:
        if (pack.folder / name).is_file():
            pack.faults.add("not_in_library", name, name=name)
    read_cases(pack)
