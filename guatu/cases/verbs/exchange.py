"""What is exchanged with other platforms, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "peer.set": ("保存对接平台 {name}", "saved the platform {name}"),
        "peer.token_set": ("更换 {name} 的令牌", "changed the key of {name}"),
        "peer.message_again": ("再发一次", "sent again"),
        "peer.message_given_up": ("不再发送", "given up"),
        "peer.exported": ("生成交换文件 {file}（{count} 条）", "made the exchange file {file} ({count} messages)"),
        "peer.imported": ("收下交换文件：{applied} 条办妥，{refused} 条未收", "took in an exchange file: {applied} applied, {refused} refused"),
        "case.pressed": ("催办对方平台", "pressed the other platform"),
        "case.hurried": ("{peer}催办", "hurried by {peer}"),
        "case.peer_noted": ("{peer}来文", "word from {peer}"),
        "case.upper_due_set": ("{peer}改期限到 {due}", "{peer} set the deadline to {due}"),
        "case.conflict_found": ("与{peer}不一致，待人工处理", "differs from {peer}; somebody must settle it"),
        "case.conflict_settled": ("与{peer}的不一致已处理：{how}", "difference with {peer} settled: {how}"),
    }
)  # fmt: skip
