"""Rewriting an instance for a correction: other texts, a new id, and which version it replaces. Pure (lxml in, lxml out)."""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from guatu.fieldwork.rules.xforms import child, children, local

_STEP = re.compile(r"([^\[\]]+)(?:\[(\d+)\])?")


def value_at(root: Any, path: str) -> str:
    """The text at a path such as `/group/name` or `/spot[2]/weight`; "" when it is not there."""
    node = _find(root, path, make=False)
    return (node.text or "").strip() if node is not None else ""


def rewrite(root: Any, changes: Mapping[str, str], *, instance_id: str, replaces: str) -> bool:
    """Set texts by path and the ids of a new version; answers whether any text became another."""
    changed = False
    for path, text in changes.items():
        if value_at(root, path) != text.strip():
            _find(root, path, make=True).text = text.strip()
            changed = True
    meta = child(root, "meta")
    if meta is None:
        meta = etree.SubElement(root, "meta")
    _set(meta, "instanceID", instance_id)
    _set(meta, "deprecatedID", replaces)
    return changed


def _set(meta: Any, name: str, text: str) -> None:
    node = child(meta, name)
    if node is None:
        first = next(children(meta), None)
        space = etree.QName(first).namespace if first is not None else None
        node = etree.SubElement(meta, f"{{{space}}}{name}" if space else name)
    node.text = text


def _find(root: Any, path: str, *, make: bool) -> Any:
    node = root
    for step in path.strip("/").split("/"):
        match = _STEP.fullmatch(step)
        if match is None:
            return None
        same = [each for each in children(node) if local(each) == match[1]]
        number = int(match[2] or 1)
        if len(same) >= number:
            node = same[number - 1]
        elif make:
            space = etree.QName(node).namespace
            node = etree.SubElement(node, f"{{{space}}}{match[1]}" if space else match[1])
        else:
            return None
    return node
