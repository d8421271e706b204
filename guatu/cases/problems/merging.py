"""What merging may be refused."""

from guatu.kernel.problems import declare

declare(
    "case.merge_itself",
    status=400,
    zh="{number} 不能并入它自己。",
    en="{number} cannot be merged into itself.",
    next_zh="请选择另一件作为主件。",
    next_en="Choose another case as the master.",
)
declare(
    "case.merge_circle",
    status=409,
    zh="{into} 已经并入 {number}，不能反过来再把 {number} 并入它。",
    en="{into} was merged into {number}; {number} cannot be merged into it in turn.",
    next_zh="要换主件，先把 {into} 分出来，再合并。",
    next_en="To change the master, take {into} out first, then merge.",
)
declare(
    "case.merge_foreign",
    status=409,
    zh="{number} 和 {into} 不属于同一个保障行动，不能合并。",
    en="{number} and {into} belong to different campaigns and cannot be merged.",
    next_zh="请分别办理，并在留言里注明另一件的编号。",
    next_en="Handle them apart, and name the other's number in a comment.",
)
declare(
    "case.merge_dead",
    status=409,
    zh="{into} 是“{status}”，不能作为主件。",
    en="{into} is “{status}” and cannot be a master.",
    next_zh="请选择一件还在办理或已经办结的案件。",
    next_en="Choose a case that is being handled, or was.",
)
declare(
    "case.merge_settled",
    status=403,
    zh="{into} 已经“{status}”，并入它等于直接了结 {number}，要有结案权限。",
    en="{into} is “{status}” already: merging {number} into it would settle it, which needs the right to close.",
    next_zh="请有结案权限的人来合并，或把 {number} 作为新案件办理。",
    next_en="Have somebody merge it who may close cases, or handle {number} as a case of its own.",
)
declare(
    "case.merge_busy",
    status=409,
    zh="{number} 还有没了结的事：协同任务 {parts} 项、待答复的移交 {offers} 件、待审批的申请 {requests} 件。",
    en="{number} has unfinished business: {parts} open parts, {offers} unanswered offers, {requests} requests.",
    next_zh="请先收回或办完，再合并。",
    next_en="Take it back or finish it, then merge.",
)
declare(
    "case.merge_moved",
    status=409,
    zh="{number} 的主件刚刚变了。",
    en="The master of {number} has just changed.",
    next_zh="请刷新后再试。",
    next_en="Reload and try again.",
)
