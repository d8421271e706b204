"""What a form declares about its answers, read once for each version: binds, choices, repeats, instances. Pure."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from guatu.fieldwork.rules import xpath, xpath_regex
from guatu.fieldwork.rules.expressions import Expression, expressions
from guatu.fieldwork.rules.xforms import JR, child, children, local
from guatu.fieldwork.rules.xpath import Expr, SyntaxFault
from guatu.fieldwork.rules.xpath_functions import known

LARGEST_FILE = 4 * 1024 * 1024
_MOST_ITEMS = 50_000
_NUMERIC = ("int", "integer", "decimal", "long", "double", "float")
_REGEX = re.compile(r"""regex\s*\([^,]+,\s*(?:'([^']*)'|"([^"]*)")\s*\)""")
_NAME = re.compile(r"[^\W\d][\w.-]*")
Files = Callable[[str], bytes | None]


@dataclass(frozen=True)
class Bind:
    """What is declared about one node. asked: somebody answers it (a control stands in the body)."""

    path: str
    type: str = ""
    relevant: Expr | None = None
    constraint: Expr | None = None
    required: Expr | None = None
    calculate: Expr | None = None
    asked: bool = False
    preload: str = ""


@dataclass(frozen=True)
class Itemset:
    """Where a question's choices come from: nodes, and which child of each is the name that is sent."""

    nodes: Expr
    value: str
    many: bool


class Table:
    """Lines of a file by the value of a column, for `pulldata`."""

    def __init__(self, lines: list[dict[str, str]]) -> None:
        self.lines = lines
        self._by: dict[str, dict[str, dict[str, str]]] = {}

    def value(self, column: str, key_column: str, key: str) -> str:
        """The first line's value; "" when no line has the key."""
        if key_column not in self._by:
            index: dict[str, dict[str, str]] = {}
            for line in self.lines:
                index.setdefault(line.get(key_column, ""), line)
            self._by[key_column] = index
        return self._by[key_column].get(key, {}).get(column, "")


@dataclass
class Declared:
    """One version. Paths are the XForm's own, root included. template: the primary instance with every name once."""

    template: Any
    binds: dict[str, Bind] = field(default_factory=dict)
    itemsets: dict[str, Itemset] = field(default_factory=dict)
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    repeats: frozenset[str] = frozenset()
    counts: dict[str, Expr] = field(default_factory=dict)
    inline: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # inline choices in one language, by path
    read_files: Files = lambda name: None
    parse: Callable[[bytes], Any] = lambda content: None
    _files: dict[str, Any] = field(default_factory=dict)

    @property
    def numeric(self) -> frozenset[str]:
        return frozenset(path for path, bind in self.binds.items() if bind.type in _NUMERIC)

    @property
    def clocked(self) -> bool:
        """Whether whether a question counts depends on the time of asking."""
        return any(bind.relevant is not None and bind.relevant.clocked for bind in self.binds.values())

    def instance(self, name: str) -> Any:
        """The root of an instance: inline, or made of its file; None when it is not here."""
        if name in self.inline:
            return self.inline[name]
        source = self.sources.get(name, "")
        if not source:
            return None
        if name not in self._files:
            self._files[name] = _instance_of(source, self.read_files(source), self.parse)
        return self._files[name]

    def table(self, name: str) -> Table | None:
        """The lines of a .csv by its name, with or without the ending."""
        name = name if name.endswith(".csv") else f"{name}.csv"
        key = f"table {name}"
        if key not in self._files:
            content = self.read_files(name)
            lines = _lines(content) if content is not None and len(content) <= LARGEST_FILE else None
            self._files[key] = Table(lines) if lines is not None else None
        found: Table | None = self._files[key]
        return found


def declared(
    root: Any, files: Files = lambda name: None, parse: Callable[[bytes], Any] = lambda content: None
) -> Declared:
    """Read an XForm (lxml root). files: the content of a file of the version by its name, None when it is not here.

    parse: the root of an XML file, None when it cannot be read (it is the kernel's, which refuses what is dangerous).
    """
    head, body = child(root, "head"), child(root, "body")
    model = child(head, "model")
    instances = list(children(model, "instance"))
    primary = next(node for node in instances if len(list(children(node))))
    data = next(children(primary))
    found = Declared(_bare(data), read_files=files, parse=parse)
    for instance in instances:
        if instance is primary or not instance.get("id"):
            continue
        if instance.get("src"):
            found.sources[instance.get("id")] = instance.get("src").rpartition("/")[2]
        elif (inner := next(children(instance), None)) is not None:
            found.inline[instance.get("id")] = _bare(inner, once=False)
    controls: dict[str, Any] = {}
    repeats: dict[str, Any] = {}
    _walk(body, "/" + local(data), controls, repeats, _bind_ids(model))
    found.repeats = frozenset(repeats)
    for path, node in repeats.items():
        if (count := _read(node.get(JR + "count"))) is not None:
            found.counts[path] = count
    for bind in children(model, "bind"):
        path = absolute(bind.get("nodeset", ""), "/" + local(data))
        found.binds[path] = _bind(bind, path, path in controls)
    for path, control in controls.items():
        found.binds.setdefault(path, Bind(path, asked=True))
        _choices(found, path, control)
    return found


def _bind_ids(model: Any) -> dict[str, str]:
    return {bind.get("id"): bind.get("nodeset", "") for bind in children(model, "bind") if bind.get("id")}


def absolute(reference: str, context: str) -> str:
    """A node's path out of a reference, from where it stands."""
    reference = reference.strip().replace("current()/", "")
    if not reference or reference.startswith("/"):
        return reference.replace(" ", "")
    parts = context.split("/")
    for step in (part.strip() for part in reference.split("/")):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return "/".join(parts)


def _walk(
    node: Any, context: str, controls: dict[str, Any], repeats: dict[str, Any], ids: Mapping[str, str]
) -> None:
    for each in children(node):
        kind = local(each)
        bound = ids.get(each.get("bind") or "", "")
        ref = absolute(each.get("ref") or each.get("nodeset") or bound, context)
        if kind == "group":
            _walk(each, ref or context, controls, repeats, ids)
        elif kind == "repeat":
            repeats[ref] = each
            _walk(each, ref, controls, repeats, ids)
        elif kind in ("input", "select", "select1", "upload", "trigger", "range", "rank", "secret") and ref:
            controls.setdefault(ref, each)


def _bare(node: Any, *, once: bool = True, depth: int = 0) -> Any:
    """A copy without namespaces; once: every name among siblings once, without its default value."""
    made = etree.Element(local(node))
    if not once:
        made.text = node.text
        for key, value in node.attrib.items():
            made.set(str(key).rpartition("}")[2], value)
    seen: set[str] = set()
    for each in children(node):
        name = local(each)
        if once and (name in seen or name == "meta" and depth == 0):
            continue
        seen.add(name)
        made.append(_bare(each, once=once, depth=depth + 1))
    return made


def _read(text: str | None) -> Expr | None:
    """An expression that can be asked, or None: what cannot be read refuses nothing."""
    if not text or not text.strip() or text.strip() in ("false()", "0"):
        return None
    try:
        return xpath.read(text)
    except SyntaxFault:
        return None


def _bind(node: Any, path: str, asked: bool) -> Bind:
    said = {"relevant": node.get("relevant"), "constraint": node.get("constraint"), "required": node.get("required"),
            "calculate": node.get("calculate")}  # fmt: skip
    readonly = (node.get("readonly") or "").strip() not in ("", "false()", "0", "false")
    preload = f"{node.get(JR + 'preload') or ''} {node.get(JR + 'preloadParams') or ''}".strip()
    required = {"1": "true()", "true": "true()", "false": "", "yes": "true()", "no": ""}
    said["required"] = required.get((said["required"] or "").strip().lower(), said["required"])
    relevant = "false()" if (said["relevant"] or "").strip() in ("false()", "0") else said["relevant"]
    return Bind(
        path, (node.get("type") or "").rpartition(":")[2], xpath.read("false()") if relevant == "false()" else _read(relevant),
        _read(said["constraint"]), _read(said["required"]), _read(said["calculate"]), asked and not (readonly and not said["calculate"]),
        preload,
    )  # fmt: skip


def _choices(found: Declared, path: str, control: Any) -> None:
    kind = local(control)
    if kind == "range":
        try:
            found.ranges[path] = (float(control.get("start")), float(control.get("end")))
        except (TypeError, ValueError):
            pass
    itemset = child(control, "itemset")
    if kind not in ("select", "select1", "rank") or (control.get("appearance") or "").startswith("search("):
        return
    if itemset is not None:
        value = child(itemset, "value")
        nodes = _read(itemset.get("nodeset"))
        if nodes is not None:
            name = (value.get("ref") or "name") if value is not None else "name"
            found.itemsets[path] = Itemset(nodes, name, kind != "select1")


# ------------------------------------------------------------------------------------------------- files


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _lines(content: bytes) -> list[dict[str, str]]:
    text = _text(content)
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [
            {(name or "").strip(): value for name, value in row.items() if isinstance(value, str)}
            for row in rows
        ]
    except csv.Error:
        return []


def _instance_of(name: str, content: bytes | None, parse: Callable[[bytes], Any]) -> Any:
    """The root of a file as phones see it: lines of a .csv, features of a .geojson, an .xml as it is; None when too large."""
    if content is None or len(content) > LARGEST_FILE:
        return None
    if name.endswith(".xml"):
        root = parse(content)
        return _bare(root, once=False) if root is not None else None
    items = list(_features(content)) if name.endswith(".geojson") else _lines(content)
    if len(items) > _MOST_ITEMS:
        return None
    root = etree.Element("root")
    for item in items:
        node = etree.SubElement(root, "item")
        for key, value in item.items():
            if _NAME.fullmatch(key):
                _put(node, key, value)
    return root


def _put(node: Any, name: str, value: str) -> None:
    try:
        etree.SubElement(node, name).text = value
    except ValueError:
        pass  # a name or text that XML cannot hold: phones cannot hold it either


def _features(content: bytes) -> Iterator[dict[str, str]]:
    try:
        features = json.loads(_text(content)).get("features", [])
        for feature in features:
            said = {str(name): str(value) for name, value in (feature.get("properties") or {}).items()}
            if "id" in feature:
                said.setdefault("id", str(feature["id"]))
            yield {**said, "geometry": _geometry(feature.get("geometry") or {})}
    except (ValueError, AttributeError, TypeError, RecursionError):
        return


def _geometry(shape: Mapping[str, Any]) -> str:
    points = shape.get("coordinates") or []
    if shape.get("type") == "Point":
        points = [points]
    elif shape.get("type") == "Polygon":
        points = points[0] if points else []
    return "; ".join(f"{point[1]} {point[0]} 0 0" for point in points)


# ------------------------------------------------------------------------------------------------- doubts


def doubts(root: Any, here: frozenset[str] = frozenset()) -> list[tuple[Expression, str]]:
    """Expressions the server cannot ask, each with the word that stops it (a function, a pattern, a file). For the publisher.

    here: names of files that came with the form.
    """
    sources = {
        node.get("id"): node.get("src").rpartition("/")[2]
        for node in root.iter()
        if isinstance(node.tag, str) and local(node) == "instance" and node.get("src") and node.get("id")
    }
    found = []
    for expression in expressions(root):
        if expression.column in ("label",):
            continue
        word = _doubt(expression.text, sources, here)
        if word:
            found.append((expression, word))
    return found


def _doubt(text: str, sources: Mapping[str, str], here: frozenset[str]) -> str:
    try:
        read = xpath.read(text)
    except SyntaxFault as wrong:
        return str(wrong)
    unknown = sorted(name for name in read.calls if not known(name))
    if unknown:
        return f"{unknown[0]}()"
    for first, second in _REGEX.findall(text):
        if not xpath_regex.tried(first or second):
            return f"regex({first or second})"[:80]
    return next(
        (file for name, file in sources.items() if f"'{name}'" in text and "instance(" in text and file not in here), ""
    )  # fmt: skip
