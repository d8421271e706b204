"""What rounds and teams may refuse."""

from guatu.kernel.problems import declare


def _say(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> None:
    declare(code, status=status, zh=zh, en=en, next_zh=next_zh, next_en=next_en)


# --- rounds ----------------------------------------------------------------------------------------------------------
_say(
    "round.unnamed",
    400,
    "检查轮次还没有名称。",
    "The round has no name.",
    "请写一个大家看得懂的名称，例如“节前重点场所检查”。",
    "Give it a name everybody understands.",
)
_say(
    "round.bad_days",
    400,
    "检查从 {start} 到 {end}，日期不对：要先开始后结束，最长一年。",
    "A round from {start} until {end} cannot be: it must end after it begins, and last a year at most.",
    "请核对开始和结束日期。",
    "Check both days.",
)
_say(
    "round.unknown_area",
    400,
    "没有编码为“{area}”的区域。",
    "There is no area with the code “{area}”.",
    "请从列表里选择区域。",
    "Choose an area from the list.",
)
_say(
    "round.unknown_norm",
    400,
    "所选规范里有 {count} 个不存在。",
    "{count} of the chosen norms do not exist.",
    "请重新选择规范；不选则按每个场所当天施行的规范检查。",
    "Choose again; with none chosen, what holds for each place on the day is asked.",
)
_say(
    "round.over",
    409,
    "检查轮次 {number} 已经结束或取消，不能再改。",
    "Round {number} is closed or cancelled; it cannot change any more.",
    "需要继续时请先恢复这一轮检查。",
    "Reopen it first if it must go on.",
)
_say(
    "round.wrong_step",
    409,
    "检查轮次 {number} 现在是“{status_word}”，不能这样办理。",
    "Round {number} is “{status_word}” now; this step is not possible.",
    "请打开该轮次查看现在的情况。",
    "Open the round to see how it stands.",
)
_say(
    "round.reason_needed",
    400,
    "取消检查轮次 {number} 要说明原因。",
    "Say why round {number} is cancelled.",
    "请填写原因。",
    "Write down the reason.",
)
_say(
    "round.no_places",
    409,
    "检查轮次 {number} 里还没有场所，不能开始。",
    "Round {number} has no places yet; it cannot start.",
    "请先选择场所或随机抽取。",
    "Choose places or draw them first.",
)
_say(
    "round.left_over",
    409,
    "检查轮次 {number} 还有 {count} 个场所没有去：{names}等。",
    "{count} places of round {number} have not been gone to: {names} …",
    "请去完，或者写明原因后结束，没去的会逐个记为“不去了”。",
    "Go there, or close it with a reason; each of them is then kept as skipped.",
)
_say(
    "round.underway",
    409,
    "检查轮次 {number} 里“{place}”正在检查。",
    "“{place}” of round {number} is being inspected right now.",
    "请等检查完成，或先为它登记结果。",
    "Wait until it is done, or write down its result first.",
)
_say(
    "round.nothing_asked",
    400,
    "还没有说要选哪些场所。",
    "Nothing was said about which places to choose.",
    "请至少填一个条件，或直接勾选场所。",
    "Give at least one condition, or pick places by hand.",
)
_say(
    "round.bad_criteria",
    400,
    "选择条件“{word}”看不懂：{value}。",
    "The condition “{word}” cannot be understood: {value}.",
    "请核对条件的写法。",
    "Check how the condition is written.",
)
_say(
    "round.unknown_zone",
    400,
    "没有编码为“{zone}”的片区。",
    "There is no zone with the code “{zone}”.",
    "请从列表里选择片区。",
    "Choose a zone from the list.",
)
_say(
    "round.too_many",
    400,
    "一轮检查最多 {most} 个场所，这样会有 {count} 个。",
    "A round holds {most} places at most; this would make {count}.",
    "请缩小条件，或分成几轮。",
    "Narrow the conditions, or make several rounds.",
)
_say(
    "round.place_twice",
    409,
    "“{place}”已经在这一轮检查里。",
    "“{place}” is in this round already.",
    "不用再加。",
    "There is no need to add it again.",
)
_say(
    "round.place_outside",
    400,
    "“{place}”不在“{round}”的区域里。",
    "“{place}” lies outside the area of “{round}”.",
    "请换一个场所，或修改检查轮次的区域。",
    "Choose another place, or change the round's area.",
)
_say(
    "round.team_outside",
    409,
    "{team}排在 {day}，不在新的起止日期里。",
    "{team} goes on {day}, which lies outside the new days.",
    "请先调整该组的日期，或撤下该组。",
    "Change the day of that team first, or take it off.",
)
_say(
    "round.drawn_already",
    409,
    "检查轮次 {number} 已经抽取过，抽取结果不能重做。",
    "Round {number} was drawn already; a draw is not repeated.",
    "可以撤销原来的抽取后重抽，两次都会留在记录里。",
    "Undo the draw and draw again; both stay in the record.",
)
_say(
    "round.bad_draw",
    400,
    "这样抽不了（{why}）：范围里有 {count} 个场所。",
    "This cannot be drawn ({why}): {count} places are in the pool.",
    "请核对数量、比例、分组人数和公开的随机值。",
    "Check the numbers, the shares, the size of crews, and the public value.",
)
_say(
    "round.draw_not_fixed",
    409,
    "检查轮次 {number} 还没有确定抽取范围。",
    "The pool of round {number} has not been fixed yet.",
    "请先确定范围并公布承诺值，再填公开的随机值。",
    "Fix the pool and publish the commitment first, then enter the public value.",
)

# --- teams -----------------------------------------------------------------------------------------------------------
_say(
    "team.unnamed",
    400,
    "检查组还没有名称。",
    "The team has no name.",
    "请写名称，例如“一组”。",
    "Give it a name, such as “Team 1”.",
)
_say(
    "team.bad_times",
    400,
    "检查组 {day} 从 {start} 到 {end}，时间不对。",
    "A team on {day} from {start} until {end} cannot be.",
    "开始要在当天，至少 15 分钟、最长 16 小时；夜班结束可以填第二天。",
    "It begins on its day and lasts 15 minutes to 16 hours; a night may end on the next day.",
)
_say(
    "team.outside_round",
    400,
    "{day} 不在检查的起止日期（{start} 至 {end}）里。",
    "{day} lies outside the days of the round ({start} to {end}).",
    "请换一天，或修改检查轮次的日期。",
    "Choose another day, or change the days of the round.",
)
_say(
    "team.bad_travel",
    400,
    "没有“{travel}”这种出行方式。",
    "There is no way of travelling “{travel}”.",
    "请选步行、骑行或开车。",
    "Choose foot, bike or car.",
)
_say(
    "team.bad_shift",
    400,
    "没有“{shift}”这个班次。",
    "There is no shift “{shift}”.",
    "请选白班或夜班。",
    "Choose day or night.",
)
_say(
    "team.half_a_point",
    400,
    "出发点的经度和纬度要一起填。",
    "The point of departure needs both longitude and latitude.",
    "请补全，或都留空。",
    "Complete it, or leave both empty.",
)
_say(
    "team.person_busy",
    409,
    "{person}同一时间已经在{team}。",
    "{person} goes with {team} at the same time.",
    "请换一个人，或调整时间。",
    "Choose somebody else, or another time.",
)
_say(
    "team.at_work",
    409,
    "{team}正在检查，不能撤下。",
    "{team} is inspecting right now and cannot be taken off.",
    "请等这一家检查完。",
    "Wait until that place is done.",
)
_say(
    "team.not_withdrawn",
    409,
    "{team}没有被撤下。",
    "{team} has not been taken off.",
    "不用恢复。",
    "There is nothing to put back.",
)
_say(
    "team.nothing_to_copy",
    404,
    "{day} 没有检查组，没有可复制的。",
    "There is no team on {day}: nothing to copy.",
    "请先为那一天编组。",
    "Make teams for that day first.",
)
_say(
    "team.other_round",
    400,
    "这些场所和检查组不在同一轮检查里。",
    "These places and the team do not belong to one round.",
    "请在同一轮检查里分配。",
    "Give out places within one round.",
)
