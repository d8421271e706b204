"""Entity lists as files of a form: `select_one_from_file trees.csv` finds the register `trees` though nobody uploaded a file.

What a caller gets is what he may have: his areas, or what he entered. So the fingerprint in the manifest belongs to caller,
scope and content, and a phone fetches a list again only when its own part of it changed.
"""

from collections.abc import Iterator
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape, quoteattr

from guatu.campaigns.models import Campaign
from guatu.fieldwork.acts.letters import sheet_of
from guatu.fieldwork.models import FormVersion
from guatu.fieldwork.rules.entities import entity_id
from guatu.intake.http import Answer, Request, xml
from guatu.intake.people import Caller
from guatu.kernel.problems import Problem
from guatu.registers import acts, listing

_MOST_IDS = 500


def wanted(version: FormVersion) -> list[str]:
    """The names of the .csv files that the form chooses from, without `.csv`."""
    files = {each.file for each in sheet_of(version).externals}
    return sorted(name.removesuffix(".csv") for name in files if name.endswith(".csv"))


def has_lists(version: FormVersion, campaign: Campaign) -> bool:
    """Whether the form chooses from a list, so that there is a manifest though it has no files."""
    names = wanted(version)
    return bool(names) and bool(listing.names(campaign) & set(names))


def manifest(caller: Caller, campaign: Campaign, version: FormVersion, base: str, uploaded: set[str]) -> str:
    """The entries of the form's lists in its manifest; a file uploaded under the same name goes first."""
    found = []
    for name in wanted(version):
        file = listing.entity_file(caller.by.scope, campaign, name) if f"{name}.csv" not in uploaded else None
        if file is not None:
            address = escape(base + quote(f"{name}.csv", safe=""))
            found.append(
                f"<mediaFile type={quoteattr(file.kind)}><filename>{escape(name)}.csv</filename><hash>{file.hash}</hash>"
                f"<downloadUrl>{address}</downloadUrl><integrityUrl>{address}/integrity</integrityUrl></mediaFile>"
            )
    return "".join(found)


def media(
    request: Request, caller: Caller, campaign: Campaign, version: FormVersion, name: str
) -> Answer | None:
    """The list as CSV; None when `name` is none that the form chooses from. 304 when the phone has just this."""
    plain = name.removesuffix(".csv")
    if plain == name or plain not in wanted(version):
        return None
    file = listing.entity_file(caller.by.scope, campaign, plain)
    if file is None:
        return None
    headers = {
        "ETag": f'"{file.hash}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": "attachment",
    }
    if file.hash in request.headers.get("if-none-match", ""):
        return Answer(304, headers={"ETag": headers["ETag"]})
    chunks = _told(caller, file) if file.personal and request.method == "GET" else listing.csv_chunks(file)
    if len(file.rows) <= listing.AT_ONCE * 3:
        return Answer(200, b"".join(chunks), "text/csv; charset=utf-8", headers)
    return Answer(200, b"", "text/csv; charset=utf-8", headers, chunks=chunks)


def _told(caller: Caller, file: listing.EntityFile) -> Iterator[bytes]:
    """The file with personal values in it; before each piece goes out, whose they are is written into the sight log."""
    assert file.register is not None
    chunks = listing.csv_chunks(file)
    yield next(chunks)
    for start in range(0, len(file.rows), listing.AT_ONCE):
        ids = [entry_id for entry_id, _version in file.rows[start : start + listing.AT_ONCE]]
        acts.record_phone_copy(by=caller.by, register=file.register, entry_ids=ids)
        yield next(chunks)


def integrity(
    request: Request, caller: Caller, campaign: Campaign, version: FormVersion, name: str
) -> Answer:
    """Which of the entities a phone holds it should drop: gone, or no longer within the caller's reach."""
    plain = name.removesuffix(".csv")
    if plain not in wanted(version):
        raise Problem("access.not_found")
    asked = unquote(request.query.get("id", "")).split(",")[:_MOST_IDS]
    ids = [found for each in asked if (found := entity_id(each)) is not None]
    gone = listing.deleted(caller.by.scope, campaign, plain, ids)
    lines = "".join(
        f'<entity id="{each}"><deleted>{"true" if gone[each] else "false"}</deleted></entity>'
        for each in ids
        if each in gone
    )
    return Answer(200, xml(f"<data><entities>{lines}</entities></data>"))
