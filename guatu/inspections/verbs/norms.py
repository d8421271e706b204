"""What is done to the library of norms."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "norm.added": ("收入规范：{number} {title}", "norm added: {number} {title}"),
        "norm.changed": ("修改规范信息：{number} {title}", "norm changed: {number} {title}"),
        "norm.withdrawn": ("撤下规范：{number} {title}", "norm withdrawn: {number} {title}"),
        "norm.restored": ("恢复规范：{number} {title}", "norm put back: {number} {title}"),
        "norm.edition_added": (
            "新增{edition}（草稿），{count} 条",
            "{edition} added as a draft, {count} items",
        ),
        "norm.edition_changed": (
            "修改{edition}（草稿），{count} 条",
            "{edition} (draft) changed, {count} items",
        ),
        "norm.edition_dropped": ("删去{edition}（草稿）", "{edition} (draft) dropped"),
        "norm.edition_in_force": (
            "发布{edition}，自 {since} 起施行",
            "{edition} issued, in force from {since}",
        ),
        "norm.edition_recalled": (
            "撤销发布{edition}，退回草稿",
            "issue of {edition} taken back, a draft again",
        ),
        "norm.edition_withdrawn": ("撤回{edition}：{why}", "{edition} withdrawn: {why}"),
        "norm.edition_reinstated": ("恢复{edition}", "{edition} in force again"),
        "norm.form_made": (
            "由{edition}生成表单 {form} {form_version}",
            "form {form} {form_version} made of {edition}",
        ),
        "norm.imported": ("导入规范 {count} 项", "{count} norms imported"),
        "submission.no_visit": ("没有成为检查记录：{reason}", "did not become a visit: {code}"),
        "industry.added": ("新增行业：{name}", "industry added: {name}"),
        "industry.changed": ("修改行业：{name}", "industry changed: {name}"),
        "industry.dropped": ("去掉行业：{name}", "industry dropped: {name}"),
    }
)
