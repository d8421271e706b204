"""What several hands on one case may be refused."""

from guatu.kernel.problems import declare

declare(
    "case.parts_open",
    status=409,
    zh="{number} 还有 {count} 项协同任务没有完成：{parts}。",
    en="{count} parts of {number} are not done yet: {parts}.",
    next_zh="请等协同单位报完成，或收回不再需要的任务，再报处置完毕。",
    next_en="Wait for the supporting units, or take back what is no longer needed; then report it as handled.",
)
declare(
    "case.offer_open",
    status=409,
    zh="{number} 已经提出移交给{unit}，对方还没有答复。",
    en="{number} was offered to {unit}, which has not answered yet.",
    next_zh="请等对方答复，或先收回移交。",
    next_en="Wait for the answer, or take the offer back first.",
)
declare(
    "case.not_shared",
    status=409,
    zh="{number} 现在是“{status}”，不能分派协同任务。",
    en="{number} is “{status}” now; no part of it can be given to others.",
    next_zh="案件派给承办单位之后、处置完毕之前，可以请其他单位协同。",
    next_en="Parts can be given once a unit has the case and until it is reported as handled.",
)
declare(
    "case.part_untold",
    status=400,
    zh="没有写明要{unit}做什么。",
    en="It is not said what {unit} is to do.",
    next_zh="请用一句话写明要做的事。",
    next_en="Say in one sentence what is to be done.",
)
declare(
    "case.part_own",
    status=400,
    zh="{unit}就是 {number} 的承办单位，不用给自己分派协同任务。",
    en="{unit} has {number} itself; it needs no part of it.",
    next_zh="请选择另一个单位。",
    next_en="Choose another unit.",
)
declare(
    "case.part_past",
    status=400,
    zh="协同任务的期限 {due} 已经过去了。",
    en="The time {due} of the part lies in the past.",
    next_zh="请写一个晚于现在的时间，或者不写。",
    next_en="Give a time after now, or none.",
)
declare(
    "case.part_beyond",
    status=400,
    zh="协同任务的期限 {due} 晚于 {number} 的期限 {case_due}。",
    en="The time {due} of the part lies after the limit {case_due} of {number}.",
    next_zh="请写一个不晚于案件期限的时间，或者不写。",
    next_en="Give a time not after the limit of the case, or none.",
)
declare(
    "case.part_moved_on",
    status=409,
    zh="这项协同任务现在是“{status}”，不能这样办理。",
    en="This part is “{status}” now; that is not possible.",
    next_zh="请刷新案件页，看现在到哪一步了。",
    next_en="Reload the case to see how it stands.",
)
declare(
    "case.part_not_yours",
    status=403,
    zh="这项协同任务是给{unit}的，不在您的单位。",
    en="This part is for {unit}, which is not your unit.",
    next_zh="请由{unit}办理，或请城运中心代办。",
    next_en="Leave it to {unit}, or ask the operations centre.",
)
declare(
    "case.why_needed",
    status=400,
    zh="请写明原因。",
    en="A reason is needed.",
    next_zh="用一句话写明原因，对方会看到。",
    next_en="Give the reason in one sentence; the others will read it.",
)
declare(
    "case.offer_to_itself",
    status=400,
    zh="{number} 本来就在{unit}，不用移交。",
    en="{number} is with {unit} already; there is nothing to hand over.",
    next_zh="请选择另一个单位。",
    next_en="Choose another unit.",
)
declare(
    "case.not_to_hand_over",
    status=409,
    zh="{number} 现在是“{status}”，不能移交。",
    en="{number} is “{status}” now and cannot be handed over.",
    next_zh="派给单位之后、处置完毕之前可以移交；挂账的先恢复办理。",
    next_en="It can be handed over once a unit has it and until it is handled; one on hold is resumed first.",
)
declare(
    "case.offer_answered",
    status=409,
    zh="这次移交已经有了结果：{status}。",
    en="This offer was answered already: {status}.",
    next_zh="请刷新案件页；需要时可以重新提出移交。",
    next_en="Reload the case; offer it again if need be.",
)
declare(
    "case.offer_not_yours",
    status=403,
    zh="{number} 是移交给{unit}的，不由您的单位答复。",
    en="{number} is offered to {unit}; your unit does not answer for it.",
    next_zh="请由{unit}答复。",
    next_en="{unit} has to answer.",
)
declare(
    "case.comment_empty",
    status=400,
    zh="留言是空的。",
    en="The comment is empty.",
    next_zh="写点什么再发出。",
    next_en="Write something before sending it.",
)
declare(
    "case.comment_not_yours",
    status=403,
    zh="这条留言是{who}写的，只能由本人修改或撤回。",
    en="{who} wrote this comment; only its author may mend or withdraw it.",
    next_zh="需要更正的，请另写一条留言。",
    next_en="Write a comment of your own to put something right.",
)
declare(
    "case.comment_settled",
    status=409,
    zh="这条留言发出已超过 {minutes} 分钟，不能再修改。",
    en="This comment was written more than {minutes} minutes ago and can no longer be mended.",
    next_zh="可以撤回它，或另写一条。",
    next_en="Withdraw it, or write another.",
)
declare(
    "case.comment_gone",
    status=409,
    zh="这条留言已经撤回。",
    en="This comment was withdrawn.",
    next_zh="请另写一条留言。",
    next_en="Write another comment.",
)
declare(
    "case.mention_unseen",
    status=409,
    zh="{who}看不到 {number}，提到也不会收到。",
    en="{who} may not see {number} and would not be told.",
    next_zh="请先请其单位协同办理，或不要提到此人。",
    next_en="Ask their unit to support first, or leave the name out.",
)
