"""What may be refused about venue codes, scans and service points."""

from guatu.kernel.problems import declare

declare(
    "venue.has_one",
    status=409,
    zh="“{place}”已有{status_word}的场所码 {serial}。",
    en="“{place}” already has a venue code {serial} ({status_word}).",
    next_zh="请使用原来的场所码；到期前 30 天起可以续期。",
    next_en="Use that one; from 30 days before its end it can be renewed.",
)
declare(
    "venue.wrong_step",
    status=409,
    zh="场所码 {serial} 现在是“{status_word}”，不能这样办理。",
    en="Venue code {serial} is “{status_word}” now; this step is not possible.",
    next_zh="请刷新页面，按它现在的状态办理。",
    next_en="Reload the page and go on from where it stands now.",
)
declare(
    "venue.reason_needed",
    status=400,
    zh="没有写明理由。",
    en="No reason was given.",
    next_zh="请写明理由，申请人会看到。",
    next_en="Say why; the applicant is shown it.",
)
declare(
    "venue.own_application",
    status=403,
    zh="自己申请的场所码不能由自己审批。",
    en="Nobody decides on an application of their own.",
    next_zh="请由其他审批人办理。",
    next_en="Somebody else must decide.",
)
declare(
    "venue.bad_days",
    status=400,
    zh="有效期 {days} 天不对：最少 1 天，最多 {most} 天。",
    en="{days} days of validity is not possible: at least 1, at most {most}.",
    next_zh="请重新填写有效天数。",
    next_en="Give another number of days.",
)
declare(
    "venue.too_early",
    status=409,
    zh="场所码 {serial} 到 {until} 才到期，现在还不能续期。",
    en="Venue code {serial} holds until {until}; it is too early to renew it.",
    next_zh="请在到期前 30 天内办理。",
    next_en="Renew it within the last 30 days.",
)
declare(
    "venue.not_genuine",
    status=404,
    zh="这不是本平台发放的场所码。",
    en="This is no venue code of this platform.",
    next_zh="请向店家核实；伪造场所码可拨打 12345 举报。",
    next_en="Ask at the door; a forged code can be reported by calling 12345.",
)
declare(
    "venue.place_gone",
    status=409,
    zh="“{place}”已关闭或撤下，不能申请场所码。",
    en="“{place}” is closed or was withdrawn; no code can be applied for.",
    next_zh="请先核对场所登记。",
    next_en="Check the place's record first.",
)
declare(
    "scan.identity_missing",
    status=400,
    zh="按{basis}，扫码时须登记：{fields}。",
    en="Under {basis} a scan must give: {fields}.",
    next_zh="请补填后再登记；登记信息 {keep} 天后自动销毁。",
    next_en="Fill it in; it is destroyed after {keep} days.",
)
declare(
    "scanrule.wrong",
    status=400,
    zh="扫码实名规则不对：{what}。",
    en="The rule for scans cannot be: {what}.",
    next_zh="请写明法规依据、适用区域、起止日期（不超过一年）、登记项目和保存天数（1–90 天）。",
    next_en="Give the law, the area, the days (a year at most), the fields and how long they are kept (1–90 days).",
)
declare(
    "headcount.bad_time",
    status=400,
    zh="清点时段 {start} 到 {end} 不对：先开始后结束，不超过一天，也不能在将来。",
    en="People cannot be counted from {start} until {end}: it must end later, within a day, and not in the future.",
    next_zh="请检查起止时间。",
    next_en="Check both times.",
)
declare(
    "headcount.bad_number",
    status=400,
    zh="人数 {people} 不对。",
    en="{people} people is not a possible count.",
    next_zh="请填 0 到 1000000 之间的整数。",
    next_en="Give a whole number from 0 to 1,000,000.",
)
declare(
    "venue.sight_reason",
    status=400,
    zh="没有写明查看申请人信息的原因。",
    en="No reason was given for looking at who applied.",
    next_zh="请写明原因；谁在什么时候为什么查看，都有记录。",
    next_en="Say why; who looked, when and why is kept.",
)
declare(
    "scan.too_many",
    status=429,
    zh="扫码太频繁，先停一停。",
    en="Too many scans came from here; please pause.",
    next_zh="请过几分钟再扫，或请店员代为登记。",
    next_en="Try again in a few minutes, or ask at the door.",
)
declare(
    "venue.too_many_printed",
    status=400,
    zh="一次最多打印 {most} 张，选了 {count} 张。",
    en="{most} posters are printed at once at most; {count} were chosen.",
    next_zh="请分几次打印。",
    next_en="Print them in several parts.",
)
declare(
    "scan.in_future",
    status=400,
    zh="扫码时间 {at} 在将来。",
    en="A scan at {at} lies in the future.",
    next_zh="请校准设备的时钟。",
    next_en="Set the clock of the device.",
)
