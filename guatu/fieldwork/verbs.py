"""What is done to forms and submissions, in words. A room of its own, loaded by the acts."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "form.made": ("新建表单“{name}”", "form “{name}” made"),
        "form.drafted": ("上传版本 {version}（{file}）", "version {version} uploaded ({file})"),
        "form.draft_dropped": ("删除草稿 {version}", "draft {version} dropped"),
        "form.media_added": ("为版本 {version} 附上文件 {file}", "file {file} added to version {version}"),
        "form.media_removed": ("从版本 {version} 去掉文件 {file}", "file {file} taken off version {version}"),
        "form.published": ("发布版本 {version}", "version {version} published"),
        "form.opened": ("开放填报", "opened"),
        "form.closing": ("转为收尾：不再下发，仍可补报", "closing: handed out no more, still taken"),
        "form.closed": ("停用", "closed"),
        "form.reviewed_many": ("批量审阅 {count} 份", "{count} submissions reviewed at once"),
        "form.review_undone": ("撤销批量审阅 {count} 份", "review of {count} submissions taken back"),
        "form.settings_changed": ("修改统计设置", "settings changed"),
        "submission.received": ("收到填报", "received"),
        "submission.corrected": ("更正填报内容", "answers corrected"),
        "submission.restated": ("按新的统计设置重新计入", "counted anew under changed settings"),
        "submission.set_aside": (
            "收到编号相同、内容不同的一份，已另存",
            "another copy under the same id was set aside",
        ),
        "submission.aside_settled": ("处理另存的一份", "the copy set aside was settled"),
        "submission.reviewed": ("审阅", "reviewed"),
        "submission.commented": ("留言：{body}", "comment: {body}"),
        "submission.returned": (
            "退回{to}修改，限 {due} 前（标出 {count} 题）",
            "sent back to {to}, due {due} ({count} questions marked)",
        ),
        "submission.return_settled": ("退回的已改好", "what was sent back was mended"),
        "submission.return_taken_back": ("收回退回", "taken back: nothing need be mended"),
        "submission.return_prolonged": ("延长修改期限至 {due}", "time to mend it prolonged until {due}"),
        "submission.return_handed": ("改由{to}修改", "given to {to} to mend"),
        "submission.return_late": ("逾期未改（限 {due}）", "not mended in time (due {due})"),
        "submission.withdrawn": ("撤回", "withdrawn"),
        "submission.restored": ("恢复", "restored"),
        "submission.sighted": ("查看封存的个人信息", "sealed personal answers looked at"),
        "device_key.made": ("发放手机登记码", "phone key issued"),
        "device_key.restricted": ("限定登记码可用的表单", "forms of the phone key limited"),
        "device_key.ended": ("停用手机登记码", "phone key ended"),
    }
)
