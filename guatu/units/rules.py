"""What each role may do, what contracts there are, what names look like. Pure. Rights are `<noun>.<verb>` patterns."""

import re

READ = ("campaign.read", "task.read", "activity.read", "case.read", "place.read", "unit.read", "person.read", "contract.read",
        "form.read", "submission.read", "register.read", "register.list", "brief.read", "figure.read", "wall.read", "act.read", "duty.read",
        "norm.read", "round.read", "visit.read", "venue.read", "point.read")  # fmt: skip

ROLES: dict[str, tuple[str, ...]] = {
    # 领导小组、总指挥: looks, presses, accepts
    "commander": (*READ, "task.accept", "task.press", "case.press", "case.approve", "brief.approve"),
    # 保障办公室、工作专班: builds the campaign, supervises, writes the brief
    "office": (
        *READ,
        "campaign.*",
        "task.*",
        "activity.*",
        "brief.*",
        "register.*",
        "form.*",
        "submission.*",
        "place.*",
        "unit.*",
        "person.*",
        "contract.*",
        "figure.*",
        "case.open",
        "case.import",
        "case.export",
        "pack.*",
        "case.press",
        "duty.*",
        "norm.*",
        "round.*",
        "visit.*",
        "venue.*",
        "point.*",
    ),  # fmt: skip
    # 城运中心: dispatches cases, watches deadlines
    "operations": (
        *READ,
        "case.*",
        "place.*",
        "submission.*",
        "form.*",
        "task.export",
        "contract.*",
        "person.sight",
        "duty.*",
        "norm.edit",
        "round.*",
        "visit.*",
        "venue.*",
        "point.*",
    ),
    # 牵头单位、协同单位: takes tasks and cases of its own subtree
    "lead_unit": (
        *READ,
        "task.report",
        "task.edit",
        "task.export",
        "case.handle",
        "case.accept",
        "case.contact",
        "case.export",
        "submission.send",
        "activity.edit",
        "duty.edit",
        "place.survey",
        "visit.do",
        "venue.apply",
        "venue.count",
        "point.report",
    ),  # fmt: skip
    # 街镇: follows up its own area
    "street": (
        *READ,
        "task.report",
        "task.export",
        "case.open",
        "case.handle",
        "case.accept",
        "case.contact",
        "case.export",
        "place.edit",
        "place.sight",
        "place.import",
        "contract.edit",
        "submission.send",
        "register.edit",
        "activity.edit",
        "duty.edit",
        "place.survey",
        "round.edit",
        "visit.edit",
        "visit.do",
        "venue.apply",
        "venue.decide",
        "venue.count",
        "point.edit",
        "point.report",
    ),  # fmt: skip
    # 网格员、执法检查人员: patrols and reports
    "inspector": (
        "campaign.read",
        "task.read",
        "activity.read",
        "case.read",
        "case.open",
        "case.handle",
        "case.accept",
        "place.read",
        "place.edit",
        "place.sight",
        "unit.read",
        "form.read",
        "submission.read",
        "submission.send",
        "register.list",
        "figure.read",
        "contract.read",
        "duty.read",
        "place.survey",
        "norm.read",
        "round.read",
        "visit.read",
        "visit.do",
        "venue.read",
        "venue.count",
        "point.read",
        "point.report",
    ),  # fmt: skip
    # 核查员、督察: checks that what was reported done is done
    "verifier": (*READ, "case.confirm", "case.verify", "case.close", "task.accept", "submission.review"),
    # 审计: reads everything of its area, changes nothing
    "auditor": (*READ, "act.*", "person.sight", "register.sight"),
    # 对接账号: another platform's key; hands cases over and fetches results, sees no page's content
    "exchange": ("campaign.read", "case.import", "case.export"),
    # 系统管理: people and settings, no content of cases
    "admin": (
        "unit.*",
        "person.*",
        "campaign.read",
        "place.read",
        "pack.*",
        "settings.*",
        "job.*",
        "form.read",
    ),
}

# whoever holds one of these has their own unit's matters too, wherever they lie
OF_THEIR_UNIT = frozenset({"lead_unit", "street", "inspector"})

ROLE_WORDS: dict[str, tuple[str, str]] = {
    "commander": ("指挥", "commander"),
    "office": ("保障办公室", "campaign office"),
    "operations": ("城运中心", "operations centre"),
    "lead_unit": ("牵头、协同单位", "lead or supporting unit"),
    "street": ("街镇", "street or town"),
    "inspector": ("网格员、执法检查", "inspector"),
    "verifier": ("核查员", "verifier"),
    "auditor": ("审计", "auditor"),
    "exchange": ("对接账号", "exchange account"),
    "admin": ("系统管理", "administrator"),
}

# 五个包干 and what grid management adds to them: (zh, en)
CONTRACT_KINDS: dict[str, tuple[str, str]] = {
    "block": ("街区包干", "block"),
    "building": ("楼栋包干", "building"),
    "stair_group": ("楼组包干", "stair group"),
    "village_group": ("村组包干", "village group"),
    "market": ("市场包干", "market"),
    "grid": ("网格长", "grid chief"),
    "road": ("路长", "road chief"),
    "place": ("点位责任人", "in charge of the place"),
    "pairing": ("对口联系", "paired leader"),
    "sent_down": ("下沉干部", "sent-down official"),
}
# who helps an area without answering for what is in it: the leader paired with a district, the official sent down
SUPPORTING = ("pairing", "sent_down")
MOST_CONTRACTS = 30  # more than one person can know by heart; shown as a gap, never refused
# the same, kind by kind, until the office says otherwise: as many as one can walk past on a morning
MOST_OF: dict[str, int] = {
    "block": 15,
    "building": 10,
    "stair_group": 10,
    "village_group": 5,
    "market": 3,
    "grid": 3,
    "road": 5,
    "place": MOST_CONTRACTS,
    "pairing": 3,
    "sent_down": 3,
}

UNIT_KINDS: dict[str, tuple[str, str]] = {
    "government": ("党委政府", "government"),
    "office": ("办公室、专班", "office"),
    "bureau": ("委办局", "bureau"),
    "street": ("街镇", "street or town"),
    "committee": ("居村委", "neighbourhood"),
    "company": ("企业", "company"),
    "association": ("社会组织", "association"),
}


def shares(count: int, people: int) -> list[int]:
    """Whose turn each of `count` things is, when neighbours stay together and nobody gets more than one above the others.

    >>> shares(5, 2), shares(2, 3), shares(0, 2)
    ([0, 0, 0, 1, 1], [0, 1], [])
    """
    each, over = divmod(count, people)
    return [person for person in range(people) for _ in range(each + (person < over))]


def is_code(text: str) -> bool:
    """Whether a text may be a unit's code: it becomes part of paths."""
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", text) is not None


def is_username(text: str) -> bool:
    return re.fullmatch(r"[\w.-]{2,60}", text) is not None


def plain_phone(text: str) -> str:
    """A telephone number without decorations; "" when it is none: 11 digits of a mobile, or a landline with area code."""
    digits = re.sub(r"[\s\-()（）－]", "", text)
    digits = re.sub(r"^(\+?86)(?=1\d{10}$)", "", digits)
    return (
        digits if re.fullmatch(r"1\d{10}|0\d{9,11}(转\d{1,6})?|\d{7,8}(转\d{1,6})?|\d{3,6}", digits) else ""
    )


def reaches(wanted: str, held: tuple[str, ...]) -> bool:
    """Whether one of the prefixes held covers the prefix wanted."""
    return any(wanted.startswith(prefix) for prefix in held)
