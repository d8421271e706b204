"""What the library of norms may refuse."""

from guatu.kernel.problems import declare

declare(
    "norm.known",
    status=409,
    zh="编号“{number}”的规范已经在库里：{title}。",
    en="A norm numbered {number} is in the library already: {title}.",
    next_zh="请打开它，给它新增一个版本。",
    next_en="Open it and add an edition to it.",
)
declare(
    "norm.bad_field",
    status=400,
    zh="规范的“{field}”不能写成“{value}”。",
    en="A norm's {field} cannot be “{value}”.",
    next_zh="编号和名称必填；类型是标准、规范或指南；太长的请缩短。",
    next_en="Number and title are needed; the kind is standard, norm or guide; shorten what is too long.",
)
declare(
    "norm.unknown_industry",
    status=400,
    zh="行业目录里没有“{industry}”。",
    en="There is no industry “{industry}” in the list.",
    next_zh="请先在行业目录里加上它，或检查写法。",
    next_en="Add it to the list of industries first, or check how it is written.",
)
declare(
    "norm.bad_item",
    status=400,
    zh="条目“{number}”的“{field}”不能写成“{value}”。",
    en="Item {number}: its {field} cannot be “{value}”.",
    next_zh="条号和内容必填；处理方式是提醒、责令整改或关停；时限写成 立即、当日、24小时、3个工作日。",
    next_en="Number and text are needed; the consequence is note, rectify or shut; choose a limit from those offered.",
)
declare(
    "norm.item_twice",
    status=400,
    zh="条号“{number}”出现了两次。",
    en="The item number {number} is there twice.",
    next_zh="同一版本里每个条号只能用一次。",
    next_en="Within an edition every number is used once.",
)
declare(
    "norm.edition_known",
    status=409,
    zh="《{title}》已经有“{edition}”。",
    en="{title} has an edition “{edition}” already.",
    next_zh="请换一个版本名称，例如“第二版”或“2022-07”。",
    next_en="Call it otherwise, for instance “second edition” or 2022-07.",
)
declare(
    "norm.bad_days",
    status=400,
    zh="施行日期 {since} 在停止日期 {until} 之后。",
    en="It would come into force on {since}, after it ends on {until}.",
    next_zh="请检查两个日期。",
    next_en="Check both days.",
)
declare(
    "norm.not_a_draft",
    status=409,
    zh="《{title}》{edition}已经发布，发布后的版本不再改动。",
    en="{edition} of {title} was issued; an issued edition is not changed any more.",
    next_zh="请以它为底本新增一个版本，写上施行日期。",
    next_en="Make a new edition on its base, with the day it comes into force.",
)
declare(
    "norm.no_items",
    status=409,
    zh="《{title}》{edition}还没有条目，不能发布。",
    en="{edition} of {title} has no items yet and cannot be issued.",
    next_zh="请先录入至少一个检查条目。",
    next_en="Enter at least one item first.",
)
declare(
    "norm.same_day",
    status=409,
    zh="《{title}》的“{other}”也从 {since} 起施行，两个版本不能同一天开始。",
    en="“{other}” of {title} comes into force on {since} too; two editions cannot begin on one day.",
    next_zh="请换一个施行日期，或先撤回那个版本。",
    next_en="Choose another day, or withdraw that edition first.",
)
declare(
    "norm.wrong_step",
    status=409,
    zh="《{title}》{edition}现在是“{status}”，不能这样办。",
    en="{edition} of {title} is “{status}” now; this cannot be done.",
    next_zh="请刷新页面，看它现在的状态。",
    next_en="Load the page again and look how it stands.",
)
declare(
    "norm.in_use",
    status=409,
    zh="《{title}》{edition}已经用于 {count} 次检查，不能退回草稿。",
    en="{edition} of {title} was used in {count} visits already and cannot become a draft again.",
    next_zh="可以撤回它：从今天起不再施行，已有的检查不变。",
    next_en="Withdraw it instead: it holds no longer from today, and past visits stay as they are.",
)
declare(
    "norm.bad_industry",
    status=400,
    zh="行业“{industry}”不能这样写：{field}。",
    en="The industry “{industry}” cannot be so: {field}.",
    next_zh="代码用小写字母、数字和连字符，名称必填，代码不能重复。",
    next_en="Codes are lower-case letters, digits and hyphens, each once; a name is needed.",
)
declare(
    "norm.industry_in_use",
    status=409,
    zh="行业“{industry}”还有 {count} 个规范版本或点位在用，不能去掉。",
    en="{count} editions or places still name the industry “{industry}”; it cannot be taken out.",
    next_zh="请先把它们改到别的行业。",
    next_en="Move them to another industry first.",
)
declare(
    "norm.nobody_sent",
    status=409,
    zh="这份检查表不知道是谁填的。",
    en="Nobody knows who filled in this checklist.",
    next_zh="请用本人的登记码在手机上重新提交。",
    next_en="Send it again from a phone with your own key.",
)
declare(
    "norm.not_a_checklist",
    status=409,
    zh="这份填报里没有检查条目，或条目已经不在规范库里。",
    en="This submission holds no items of a checklist, or items that are not in the library.",
    next_zh="请更新手机上的表单后重新填写。",
    next_en="Update the form on the phone and fill it in again.",
)
declare(
    "norm.unknown_place",
    status=404,
    zh="没有编号为“{number}”的点位，或不止一个。",
    en="There is no place numbered {number}, or more than one.",
    next_zh="请核对点位编号，或在点位列表里选。",
    next_en="Check the number, or choose the place from the list.",
)
declare(
    "norm.two_texts",
    status=400,
    zh="“{number} {edition}”的“{field}”各行写得不一样：“{one}”和“{other}”。",
    en="The lines of {number} {edition} differ in {field}: “{one}” and “{other}”.",
    next_zh="同一版本的名称、日期、行业和岗位每一行要写得一样，或只写在第一行。",
    next_en="Title, days, trades and posts of one edition must be the same on every line, or stand on the first line only.",
)
