"""What people outside do to a case, in words."""

from guatu.kernel.verbs import declare_verbs

declare_verbs(
    {
        "case.outsider_asked": ("请“{for_whom}”用链接答复", "asked “{for_whom}” to answer by a link"),
        "case.outsider_answered": ("“{for_whom}”用链接答复", "“{for_whom}” answered by the link"),
        "case.link_withdrawn": ("停用答复链接", "link withdrawn"),
        "case.follow_link_made": ("给反映人新的查询链接", "a new private link for the reporter"),
        "case.reporter_told": ("反映人已知道结果", "the reporter has been told the outcome"),
        "case.feedback_given": ("反映人评价了结果", "the reporter said what came of it"),
        "case.reporter_forgotten": ("删除了反映人的个人信息", "the reporter's personal data destroyed"),
    }
)
