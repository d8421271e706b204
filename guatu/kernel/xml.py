"""XML from outside: size and depth limits, no DTD, no entities, no network."""

from typing import Any

from lxml import etree

from guatu.kernel.problems import Problem

LARGEST = 10 * 1024 * 1024
DEEPEST = 100


def parse(source: bytes, what: str = "XML", *, largest: int = LARGEST) -> Any:
    """The root element (lxml). Raises `kernel.bad_xml` or `kernel.too_large`, never anything else."""
    if len(source) > largest:
        raise Problem("kernel.too_large", what=what, size=f"{len(source):,} B", limit=f"{largest:,} B")
    head = source[:4096].replace(b"\x00", b"")  # UTF-16 must not hide a DTD from this look
    if b"<!DOCTYPE" in head or b"<!ENTITY" in source.replace(b"\x00", b""):
        raise Problem("kernel.bad_xml", what=what, why="DTD")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
    )
    try:
        root: Any = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise Problem("kernel.bad_xml", what=what, why=str(wrong)[:200]) from wrong
    if root.getroottree().docinfo.doctype:
        raise Problem("kernel.bad_xml", what=what, why="DTD")
    _check_depth(root, what)
    return root


def _check_depth(root: Any, what: str) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST:
            raise Problem("kernel.bad_xml", what=what, why=f"depth > {DEEPEST}")
