"""Filling a form in as somebody plausible would: values by type that keep its constraints, choices from its lists."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from guatu.fieldwork.rules.validation import _Checked, _completed
from guatu.fieldwork.rules.validation_form import Declared, declared
from guatu.fieldwork.rules.xforms import child, children, local
from guatu.fieldwork.rules.xpath_steps import Context, World
from guatu.fieldwork.rules.xpath_values import Unsure
from guatu.kernel import xml

ZONE = ZoneInfo("Asia/Shanghai")
AT = dt.datetime(2021, 9, 16, 9, 0, tzinfo=ZONE)
_INTS = "1 0 2 3 5 10 12 18 25 30 60 100 500 1000 2000 2010 9999 123456 10000000".split()
_TEXTS = [
    "abc",
    "张三",
    "1234567890",
    "a@b.cn",
    "A1",
    "12",
    "x",
    "Some Words",
    "13800000000",
    "2021",
    "ab1234",
    "OK",
    "yes",
]
VALUES = {
    "int": _INTS, "integer": _INTS, "decimal": ["1.5", "0.5", *_INTS], "date": ["2021-09-16", "2000-01-01", "2021-09-01", "2022-01-01", "1990-05-05"],
    "time": ["09:30:00.000+08:00"], "dateTime": ["2021-09-16T08:00:00.000+08:00", "2000-01-01T08:00:00.000+08:00"],
    "geopoint": ["31.29 121.31 0 5"], "geotrace": ["31.29 121.31 0 0; 31.30 121.32 0 0"],
    "geoshape": ["31.29 121.31 0 0; 31.30 121.32 0 0; 31.28 121.33 0 0; 31.29 121.31 0 0"], "binary": ["photo.jpg"], "barcode": ["690123"],
    "boolean": ["true"],
}  # fmt: skip


class Filled:
    """An instance of a form, filled in. `bytes` is what a phone would send."""

    def __init__(self, text: str, instance_id: str, files: Any = lambda name: None) -> None:
        self.root = xml.parse(text.encode(), "XForm")
        self.form: Declared = declared(self.root, files, lambda content: xml.parse(content, "XML"))
        model = child(child(self.root, "head"), "model")
        primary = next(node for node in children(model, "instance") if len(list(children(node))))
        self.data = next(children(primary))
        self.controls = dict(_controls(self.root).items())
        blank = etree.Element(local(self.data))
        _one_repetition(self.form, self.form.template, blank, "/" + local(self.data))
        paths: dict[Any, str] = {}
        self.whole = _completed(self.form, self.form.template, blank, "/" + local(self.data), paths)
        world = World(
            self.whole, AT, instances=self.form.instance, table=self.form.table, numeric=self.form.numeric,
            repeats=self.form.repeats,
        )  # fmt: skip
        world.budget = 50_000_000
        self.checked = _Checked(self.form, self.whole, world, paths)
        world.relevant = self.checked.relevant
        self.instance_id = instance_id
        for _ in range(4):
            self.checked._relevant.clear()
            for node in list(paths):
                if len(node) == 0:
                    self._fill(node, paths[node])
        self.checked._relevant.clear()
        for node in paths:
            if len(node) == 0 and not self._counts(node):
                node.text = ""

    def _counts(self, node: Any) -> bool:
        try:
            return self.checked.relevant(node)
        except Unsure:
            return False

    def _fill(self, node: Any, path: str) -> None:
        bind = self.form.binds.get(path)
        if (bind is None or node.text) and (bind is None or bind.calculate is None):
            return
        if not self._counts(node):
            return
        context = Context(self.checked.world, node, node)
        if bind.calculate is not None and not bind.asked:
            try:
                node.text = context.text(bind.calculate.run(context))
            except (Unsure, ValueError):
                node.text = ""
        elif bind.preload in ("timestamp start", "timestamp end"):
            node.text = AT.isoformat()
        elif bind.asked:
            self._answer(node, path, bind, context)

    def _answer(self, node: Any, path: str, bind: Any, context: Context) -> None:
        for value in self._candidates(path, bind, context):
            node.text = value
            self.checked._relevant.clear()
            try:
                if bind.constraint is None or self.checked.holds(bind.constraint, node):
                    return
            except Unsure:
                return
        node.text = ""

    def _candidates(self, path: str, bind: Any, context: Context) -> list[str]:
        control = self.controls.get(path)
        kind = local(control) if control is not None else "input"
        if path in self.form.itemsets:
            itemset = self.form.itemsets[path]
            try:
                items = itemset.nodes.run(context)
            except Unsure:
                return ["any"]
            names = [(each.text or "").strip() for item in items for each in item.iter(itemset.value)]
            return [name for name in names if name]
        if kind in ("select", "select1", "rank"):
            values = [value for item in children(control, "item") for value in children(item, "value")]
            return [(value.text or "").strip() for value in values]
        if kind == "trigger":
            return ["OK"]
        if path in self.form.ranges:
            low, high = self.form.ranges[path]
            return [f"{low:g}", f"{high:g}"]
        if kind == "upload":
            return ["photo.jpg"]
        return VALUES.get(bind.type, _TEXTS)

    def asked(self) -> list[tuple[str, Any]]:
        """(path, node) of what was answered and may be spoilt."""
        found = []
        for node, path in self.checked.paths.items():
            if len(node) == 0 and node.text and path in self.form.binds and self.form.binds[path].asked:
                found.append((path, node))
        return found

    @property
    def bytes(self) -> bytes:
        """As a phone sends it: answers that do not count are left out."""
        made = etree.Element(self.whole.tag, nsmap={"orx": "http://openrosa.org/xforms"})
        made.set("id", self.data.get("id"))
        if self.data.get("version"):
            made.set("version", self.data.get("version"))
        for each in self.whole:
            made.append(_copied(each))
        meta = etree.SubElement(made, "{http://openrosa.org/xforms}meta")
        etree.SubElement(meta, "{http://openrosa.org/xforms}instanceID").text = self.instance_id
        return etree.tostring(made, encoding="UTF-8", xml_declaration=True)


def _copied(node: Any) -> Any:
    made = etree.Element(node.tag)
    made.text = node.text
    for each in node:
        made.append(_copied(each))
    return made


def _one_repetition(form: Declared, template: Any, into: Any, path: str) -> None:
    for each in template:
        made = etree.SubElement(into, each.tag)
        _one_repetition(form, each, made, f"{path}/{each.tag}")


def _controls(root: Any) -> dict[str, Any]:
    from guatu.fieldwork.rules.validation_form import _bind_ids, _walk

    body, model = child(root, "body"), child(child(root, "head"), "model")
    primary = next(node for node in children(model, "instance") if len(list(children(node))))
    controls: dict[str, Any] = {}
    _walk(body, "/" + local(next(children(primary))), controls, {}, _bind_ids(model))
    return controls
