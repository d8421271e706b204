"""What the phone door may refuse."""

from guatu.kernel.problems import declare

declare(
    "phone.sign_in",
    status=401,
    zh="登录已过期，或者还没有登录。",
    en="Your session has ended, or you have not signed in yet.",
    next_zh="请重新登录；未发送的内容都还在手机里，登录后自动发送。",
    next_en="Sign in again; what is unsent is still on the phone and goes out afterwards.",
)
declare(
    "phone.other_person",
    status=409,
    zh="手机里的内容是另一位同志的，现在登录的是{name}，没有发送。",
    en="What is on this phone belongs to somebody else; {name} is signed in now. Nothing was sent.",
    next_zh="请由本人重新登录后发送。",
    next_en="The person it belongs to must sign in to send it.",
)
declare(
    "phone.unknown_list",
    status=404,
    zh="没有名为“{list}”的清单。",
    en="There is no list called “{list}”.",
    next_zh="请更新手机页面后再试。",
    next_en="Update the phone pages and try again.",
)
declare(
    "phone.unknown_kind",
    status=400,
    zh="服务器不认识这种办理：“{kind}”。",
    en="The server does not know this kind of act: “{kind}”.",
    next_zh="请更新手机页面后重试；内容仍保存在手机里。",
    next_en="Update the phone pages and try again; what you entered is kept on the phone.",
)
declare(
    "phone.bad_item",
    status=400,
    zh="发来的内容不完整或读不出来（{what}）。",
    en="What was sent is incomplete or cannot be read ({what}).",
    next_zh="请在发件箱里改正后再发送。",
    next_en="Correct it in the outbox and send it again.",
)
declare(
    "phone.other_bytes",
    status=409,
    zh="同一个编号已经收到过不同的内容，这一次没有登记。",
    en="Something else was already received under the same id; this time nothing was entered.",
    next_zh="请查看回执；确需补充的，请重新填写一份。",
    next_en="Look at the receipt; if something must be added, enter it anew.",
)
declare(
    "phone.missing",
    status=404,
    zh="要办理的{what}已不存在，或者已不归您负责。",
    en="The {what} you acted on no longer exists, or is no longer yours.",
    next_zh="请同步清单，确认后放弃这一条。",
    next_en="Synchronise your lists, then give this item up.",
)
