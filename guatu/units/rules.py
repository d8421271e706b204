"""What each role may do. Pure. Rights are `<noun>.<verb>` patterns."""

READ = ("campaign.read", "task.read", "activity.read", "case.read", "place.read", "unit.read", "person.read", "contract.read",
        "form.read", "submission.read", "register.read", "brief.read", "figure.read", "wall.read", "act.read")  # fmt: skip

ROLES: dict[str, tuple[str, ...]] = {
    # 领导小组、总指挥: looks, presses, accepts
    "commander": (*READ, "task.accept", "task.press", "case.press", "brief.approve"),
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
        "case.press",
    ),  # fmt: skip
    # 城运中心: dispatches cases, watches deadlines
    "operations": (*READ, "case.*", "place.*", "submission.*", "form.*", "task.export"),
    # 牵头单位、协同单位: takes tasks and cases of its own subtree
    "lead_unit": (
        *READ,
        "task.report",
        "task.edit",
        "task.export",
        "case.handle",
        "case.accept",
        "case.export",
        "submission.send",
        "activity.edit",
    ),  # fmt: skip
    # 街镇: follows up its own area
    "street": (
        *READ,
        "task.report",
        "task.export",
        "case.open",
        "case.handle",
        "case.accept",
        "case.export",
        "place.edit",
        "place.import",
        "contract.edit",
        "submission.send",
        "register.edit",
        "activity.edit",
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
        "unit.read",
        "form.read",
        "submission.read",
        "submission.send",
        "figure.read",
        "contract.read",
    ),  # fmt: skip
    # 核查员、督察: checks that what was reported done is done
    "verifier": (*READ, "case.verify", "case.close", "task.accept", "submission.review"),
    # 审计: reads everything of its area, changes nothing
    "auditor": (*READ, "act.*", "person.sight"),
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
