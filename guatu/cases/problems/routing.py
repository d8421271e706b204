"""What may be refused about dispatch rules and suggestions."""

from guatu.kernel.problems import declare

declare(
    "routing.bad_rule",
    status=400,
    zh="规则“{rule}”不能用：{why}。",
    en="The rule “{rule}” cannot be used: {why}.",
    next_zh="请改正写明的条件或单位，再保存。",
    next_en="Mend the condition or the unit named, then save again.",
)
declare(
    "routing.unnamed",
    status=400,
    zh="规则要有名称。",
    en="A rule needs a name.",
    next_zh="请用一句话写明这条规则管什么。",
    next_en="Say in a few words what the rule is for.",
)
declare(
    "routing.code_taken",
    status=409,
    zh="编号 {code} 已经用于另一条规则。",
    en="The code {code} belongs to another rule.",
    next_zh="请换一个编号，或者修改那条规则。",
    next_en="Choose another code, or change that rule.",
)
declare(
    "routing.nobody",
    status=409,
    zh="{number} 没有规则说明该派给谁。",
    en="No rule says where {number} should go.",
    next_zh="请自己选择承办单位；同类案件多的话，请补一条派单规则。",
    next_en="Choose the unit yourself; if there are many of the kind, add a dispatch rule.",
)
declare(
    "suggestion.too_few",
    status=409,
    zh="已结案件只有 {count} 件，学习至少需要 {least} 件，并且至少两种结果。",
    en="There are only {count} closed cases; learning needs at least {least}, with at least two outcomes.",
    next_zh="多办结一些案件后再试。",
    next_en="Try again when more cases have been closed.",
)
declare(
    "suggestion.tampered",
    status=409,
    zh="学习结果文件 {name} 不见了，或者与登记的指纹不符，已停用。",
    en="The learned file {name} is gone or does not match its recorded fingerprint; it is not used.",
    next_zh="请重新学习一次，并查明谁动过数据目录里的这个文件。",
    next_en="Learn anew, and find out who touched this file in the data folder.",
)
declare(
    "suggestion.none",
    status=409,
    zh="{number} 现在没有可以采用的建议。",
    en="There is no suggestion to accept for {number} now.",
    next_zh="请自己选择。",
    next_en="Choose yourself.",
)
