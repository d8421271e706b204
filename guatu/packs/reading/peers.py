"""What a pack says about other platforms: `[[peers]]` of cases.toml. A key is never in a pack."""

from collections.abc import Mapping
from typing import Any

from guatu.cases.rules import SOURCES
from guatu.cases.rules.exchange import KINDS, WAYS, mapping_faults
from guatu.packs.pack import Pack
from guatu.packs.reading.people import unit_fault
from guatu.packs.toml import Key, Toml, take

PARTS = ("states", "signals", "classes", "areas", "units", "defaults")
PEER = (
    Key("code", required=True, example='code = "city"'), Key("name", required=True, example='name = "市级平台"'),
    Key("kind", choices=KINDS), Key("way", choices=WAYS), Key("source", choices=SOURCES), Key("base_url"), Key("unit"),
    Key("active", "yes"), *(Key(part, "table") for part in PARTS),
)  # fmt: skip


def read_peers(pack: Pack, toml: Toml, tables: list[Mapping[str, Any]]) -> None:
    """Platforms with their mappings, checked as at the desk; every fault with its line."""
    seen: dict[str, int | None] = {}
    for index, table in enumerate(tables):
        found = take(toml, ("peers", index), table, PEER, pack.faults)
        line = toml.line("peers", index)
        if not {"code", "name"} <= set(found):
            continue
        code = found["code"]
        if code in seen:
            pack.faults.add("duplicate", toml.file, line=line, what="code", value=code, first=seen[code])
            continue
        seen[code] = line
        mapping = {part: dict(found.pop(part)) for part in PARTS if part in found}
        wrong = mapping_faults(mapping)
        for each in wrong:
            why = f"[{each.part}] {each.word} {each.other} ({each.code})"
            pack.faults.add(
                "bad_peer", toml.file, line=toml.line("peers", index, each.part) or line, peer=code, why=why
            )
        if found.get("unit") and unit_fault(
            pack, found["unit"], toml.file, line=toml.line("peers", index, "unit")
        ):
            continue
        if not wrong:
            pack.peers.append({**found, "mapping": mapping})
