"""What briefs may refuse."""

from guatu.kernel.problems import declare

declare(
    "brief.bad_template",
    status=400,
    zh="简报模板“{name}”用不了：{why}。",
    en="The brief template “{name}” cannot be used: {why}.",
    next_zh="请在文字处理软件中修改模板后重新应用场景包。",
    next_en="Mend the template in a word processor and apply the pack again.",
)
declare(
    "brief.unknown_figure",
    status=400,
    zh="简报模板“{name}”用到了数字“{key}”，但本次保障没有这个指标。",
    en="The brief template “{name}” uses the figure “{key}”, but the campaign has no such indicator.",
    next_zh="请核对模板中 f['…'] 的名称，或在场景包里补上这个指标。",
    next_en="Check the name in f['…'], or add the indicator to the pack.",
)
declare(
    "brief.not_draft",
    status=409,
    zh="第 {number} 期已经定稿，不能再改。",
    en="Issue {number} is frozen and cannot be changed.",
    next_zh="如有错误，请出更正期，说明更正理由。",
    next_en="If something is wrong, make a correction and say why.",
)
declare(
    "brief.not_frozen",
    status=409,
    zh="第 {number} 期还没有定稿，不能签发。",
    en="Issue {number} is not frozen yet and cannot be issued.",
    next_zh="请先定稿：定稿时全部数字取值并编号。",
    next_en="Freeze it first: that is when every figure gets its value and its code.",
)
declare(
    "brief.not_out",
    status=409,
    zh="第 {number} 期还没有定稿，直接修改草稿即可，不必更正。",
    en="Issue {number} is still a draft; change it directly, no correction is needed.",
    next_zh="请打开草稿修改。",
    next_en="Open the draft and change it.",
)
declare(
    "brief.number_taken",
    status=409,
    zh="{kind}第 {number} 期已经有了。",
    en="Issue {number} of this kind ({kind}) exists already.",
    next_zh="请用下一个期号：{next}。",
    next_en="Use the next number: {next}.",
)
declare(
    "brief.bad_title",
    status=400,
    zh="简报标题不能空着，也不能超过 200 字。",
    en="A brief needs a title of at most 200 characters.",
    next_zh="请填写标题。",
    next_en="Fill in the title.",
)
declare(
    "brief.no_reason",
    status=400,
    zh="更正简报要写明理由。",
    en="A correction needs a reason.",
    next_zh="请写明哪里错了、为什么更正。",
    next_en="Say what was wrong and why it is corrected.",
)
