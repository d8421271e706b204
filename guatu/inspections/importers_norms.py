"""How a table of norms comes in: one line an item, the norm and its edition on each line or on the first only. Neither acts nor reads."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from guatu.files.imports import Applied, Cells, Context, Field, Importer, Option, RowOutcome
from guatu.files.rules import as_day, as_text, as_yes
from guatu.inspections.acts.norm_import import EditionIn, import_norms, undo_norms
from guatu.inspections.models import Industry, Norm, NormVersion
from guatu.inspections.rules import norms as rules
from guatu.inspections.rules.norms import ItemDraft
from guatu.kernel.problems import Problem

FIRST = "第一版"
KINDS = {word: code for code, pair in rules.KINDS.items() for word in (code, *pair)}
CONSEQUENCES = {word: code for code, pair in rules.CONSEQUENCES.items() for word in (code, *pair)} | {
    "整改": "rectify",
    "停业": "shut",
    "停业整顿": "shut",
}
_HEAD = ("title", "issuer", "kind", "from", "until", "industries", "posts")

FIELDS = (
    Field("number", "文号", "Number", ("规范编号", "编号"), required=False, example="沪防控办〔2022〕12号",
          note_zh="空着表示同上一行", note_en="Empty: as the line above"),
    Field("title", "名称", "Title", ("规范名称", "标题"), example="餐饮服务单位防控指南"),
    Field("issuer", "发布单位", "Issuer", ("发布机构",), example="市商务委"),
    Field("kind", "类型", "Kind", ("规范类型",), example="指南", note_zh="标准、规范、指南", note_en="standard, norm or guide"),
    Field("edition", "版本", "Edition", ("版次",), example="第二版", note_zh="空着写作“第一版”", note_en="Empty: 第一版"),
    Field("from", "施行日期", "In force from", ("实施日期", "生效日期"), example="2022-07-01"),
    Field("until", "施行到", "In force until", ("失效日期", "有效期至"), example=""),
    Field("industries", "适用行业", "Industries", ("行业",), example="餐饮、食堂"),
    Field("posts", "适用岗位", "Posts", ("岗位",), example="店长"),
    Field("item", "条号", "Item", ("条目编号", "序号"), required=True, example="3.2"),
    Field("text", "检查内容", "Text", ("条目内容", "内容", "要求"), required=True, example="场所码张贴在入口醒目处"),
    Field("how", "怎么查", "How", ("检查方式", "检查方法"), example="看现场"),
    Field("consequence", "不符合时", "Consequence", ("处理方式",), example="责令整改", note_zh="提醒、责令整改、关停",
          note_en="note, rectify or shut"),
    Field("remedy", "整改要求", "Remedy", ("整改措施",), example="在入口张贴场所码"),
    Field("limit", "整改时限", "Limit", ("时限",), example="立即", note_zh="立即、当日、24小时、3个工作日",
          note_en="立即 at once, 当日 same day, 24小时, 3个工作日"),
    Field("photo", "要拍照", "Photo", ("拍照",), example="是"),
    Field("item_posts", "条目岗位", "Posts of the item", (), example="保洁员"),
    Field("text_en", "英文", "In English", ("英文内容",), example=""),
)  # fmt: skip


def split(text: str) -> list[str]:
    """餐饮、食堂 → two words."""
    for sign in ",，;；\n":
        text = text.replace(sign, "、")
    return [word for part in text.split("、") if (word := part.strip())]


def load(context: Context, rows: Sequence[Cells]) -> None:
    """Which edition each line belongs to, what its head says, what is known already. Four queries."""
    keys: dict[int, tuple[str, str]] = {}
    heads: dict[tuple[str, str], dict[str, str]] = {}
    clashes: dict[int, tuple[str, str, str]] = {}
    number = edition = ""
    for row in rows:
        said = as_text(row.raw("number"))
        if said:
            edition = "" if said != number else edition
            number = said
        edition = as_text(row.raw("edition")) or edition or FIRST
        key = keys[row.line] = (number, edition)
        head = heads.setdefault(key, {})
        for name in _HEAD:
            text = as_text(row.raw(name))
            if text and head.setdefault(name, text) != text:
                clashes[row.line] = (name, head[name], text)
    context.loaded.update(keys=keys, heads=heads, clashes=clashes)
    numbers = {number for number, _edition in heads}
    context.loaded["norms"] = {row.number: row for row in Norm.objects.filter(number__in=numbers)}
    editions = NormVersion.objects.filter(norm__number__in=numbers).select_related("norm")
    context.loaded["editions"] = {(row.norm.number, row.edition): row for row in editions}
    items = {
        row.id: {item.number: item for item in row.items.all()} for row in editions.prefetch_related("items")
    }
    context.loaded["items"] = items
    context.loaded["trades"] = {word for row in Industry.objects.all() for word in (row.code, row.name)}


def check(context: Context, row: Cells) -> RowOutcome:
    """One item: new with its edition, the same as it stands, or what is wrong."""
    number, edition = context.loaded["keys"][row.line]
    head = context.loaded["heads"][number, edition]
    if not number:
        row.refuse("number", Problem("import.empty_cell"))
    elif len(number) > 80:
        row.refuse("number", Problem("import.too_long", length=len(number), limit=80))
    if clash := context.loaded["clashes"].get(row.line):
        name, one, other = clash
        row.refuse(
            name,
            Problem(
                "norm.two_texts", number=number, edition=edition, field=name, one=one[:60], other=other[:60]
            ),
        )
    known: Norm | None = context.loaded["norms"].get(number)
    if known is None and not head.get("title"):
        row.refuse("title", Problem("import.empty_cell"))
    if not head.get("from"):
        row.refuse("from", Problem("import.empty_cell"))
    since, until = row.day("from"), row.day("until")
    row.choice("kind", KINDS)
    if since and until and until < since:
        row.refuse("until", Problem("norm.bad_days", since=str(since), until=str(until)))
    if context.options.get("unknown") == "refuse":
        unknown = next(
            (word for word in split(head.get("industries", "")) if word not in context.loaded["trades"]), ""
        )
        if unknown:
            row.refuse("industries", Problem("norm.unknown_industry", industry=unknown))
    item = _item(row)
    key = f"{number}|{edition}|{item.number}"
    there: NormVersion | None = context.loaded["editions"].get((number, edition))
    if row.faults:
        return row.wrong()
    if there is not None:
        return _there(context, row, there, item, key)
    return row.new(key, {"number": number, "edition": edition, "head": dict(head), "item": item})


def _there(context: Context, row: Cells, there: NormVersion, item: ItemDraft, key: str) -> RowOutcome:
    """An edition that is in the library is not changed by a table: the same item again is nothing, another one is refused."""
    kept = context.loaded["items"][there.id].get(item.number)
    if kept is not None and kept.text == item.text:
        return row.same(key, there.id)
    row.refuse("edition", Problem("norm.edition_known", title=there.norm.title, edition=there.edition))
    return row.wrong()


def _item(row: Cells) -> ItemDraft:
    photo = row.text("photo")
    item = ItemDraft(
        number=row.text("item", longest=20), text=row.text("text", longest=300), how=row.text("how", longest=300),
        consequence=row.choice("consequence", CONSEQUENCES, default="rectify"), remedy=row.text("remedy", longest=300),
        limit=row.text("limit", longest=40), photo=photo in ("要", "√") or bool(as_yes(photo)) if photo else False,
        posts=tuple(split(row.text("item_posts"))), text_en=row.text("text_en", longest=400),
    )  # fmt: skip
    fault = rules.fault_of(item)
    if fault is not None and fault[0] == "limit":
        row.refuse("limit", Problem("norm.bad_item", number=item.number, field="limit", value=item.limit))
    return item


def apply(*, by: Any, campaign: Any, rows: Sequence[RowOutcome], via: str, context: Context) -> Applied:
    """Lines with the same norm and edition become one edition."""
    del campaign
    items: dict[tuple[str, str], list[ItemDraft]] = {}
    heads: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        key = row.values["number"], row.values["edition"]
        heads[key] = row.values["head"]
        items.setdefault(key, []).append(row.values["item"])
    editions, trades = [], []
    for (number, edition), listed in items.items():
        head = heads[number, edition]
        trades += split(head.get("industries", ""))
        editions.append(_edition(number, edition, head, listed))
    wanted = trades if context.options.get("unknown") != "refuse" else []
    made = import_norms(
        by=by,
        editions=editions,
        industries=wanted,
        in_force=context.options.get("status") != "draft",
        via=via,
    )
    return Applied(made)


def _edition(number: str, edition: str, head: dict[str, str], items: list[ItemDraft]) -> EditionIn:
    kind = next((code for word, code in KINDS.items() if word == head.get("kind", "").strip()), "guide")
    return EditionIn(
        {"number": number, "title": head.get("title", number), "issuer": head.get("issuer", ""), "kind": kind},
        {
            "edition": edition, "in_force_from": as_day(head["from"]), "in_force_until": as_day(head.get("until", "")),
            "industries": split(head.get("industries", "")), "posts": split(head.get("posts", "")),
        },
        items,
    )  # fmt: skip


NORMS = Importer(
    kind="norm",
    title=("规范和条目", "Norms and items"),
    about=("一行一个检查条目；文号、名称、日期等写在每一行或只写在第一行。库里已有的版本不会被改动。",
           "One item a line; number, title, days on each line or on the first only. Editions in the library are never changed."),
    right="norm.edit",
    fields=FIELDS,
    prepare=load,
    check=check,
    apply=apply,
    undo=undo_norms,
    options=(
        Option("status", "导入以后", "Afterwards",
               (("in_force", "直接发布，按施行日期生效", "Issue them, in force from their day"), ("draft", "先留作草稿", "Leave them as drafts")),
               "in_force"),
        Option("unknown", "目录里没有的行业", "Industries not in the list",
               (("add", "加进行业目录", "Add them to the list"), ("refuse", "算作错误", "Refuse the row")), "add"),
    ),
    chunk=20_000,  # the items of an edition must come together
    url=lambda edition_id: reverse("desk:norm_edition", args=[edition_id]),
)  # fmt: skip
