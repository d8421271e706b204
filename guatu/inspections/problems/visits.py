"""What visits and orders may refuse."""

from guatu.kernel.problems import declare


def _say(code: str, status: int, zh: str, en: str, next_zh: str, next_en: str) -> None:
    declare(code, status=status, zh=zh, en=en, next_zh=next_zh, next_en=next_en)


# --- visits ----------------------------------------------------------------------------------------------------------
_say(
    "visit.not_in_a_round",
    400,
    "“{place}”的这次检查不属于任何轮次。",
    "This visit to “{place}” belongs to no round.",
    "请在检查记录里办理。",
    "Act on the visit itself.",
)
_say(
    "visit.wrong_step",
    409,
    "“{place}”的检查现在是“{status_word}”，不能这样办理。",
    "The visit to “{place}” is “{status_word}” now; this step is not possible.",
    "请打开检查记录查看现在的情况。",
    "Open the visit to see how it stands.",
)
_say(
    "visit.done_already",
    409,
    "“{place}”已由{who}在 {when} 完成检查（{outcome_word}）。",
    "“{place}” was already finished by {who} at {when} ({outcome_word}).",
    "请打开那次记录核对；如果那次有误，由管理人员撤回后重填。您填写的内容还在手机里。",
    "Open that record and compare; if it is wrong, have it taken back first. What you entered is still on your phone.",
)
_say(
    "visit.closed_then",
    409,
    "“{place}”营业时间是 {hours}，{team}的班次里没有开门。",
    "“{place}” is open {hours}, never during the shift of {team}.",
    "请交给另一班的检查组。",
    "Give it to a team of another shift.",
)
_say(
    "visit.place_gone",
    409,
    "“{place}”已停用或撤销，不能检查。",
    "“{place}” is closed or withdrawn; it cannot be inspected.",
    "请先核对点位资料。",
    "Check the place's record first.",
)
_say(
    "visit.bad_position",
    400,
    "位置（{lon}，{lat}）不是有效的经纬度。",
    "The position ({lon}, {lat}) is no longitude and latitude.",
    "请重新定位，或不带位置提交。",
    "Locate again, or send it without a position.",
)
_say(
    "visit.findings",
    400,
    "检查项填写不完整（{word}）：{items}，共 {count} 项。",
    "The findings cannot stand ({word}): {items}, {count} in all.",
    "每一项都要有结论：符合、不符合、当场整改或不适用，且只填一次。",
    "Every item needs one verdict: met, not met, put right on the spot, or not applicable.",
)
_say(
    "visit.photo_needed",
    400,
    "这些不符合的项要有照片：{items}。",
    "A photo is needed for these items: {items}.",
    "请补拍照片后再提交。",
    "Take the photos, then send it again.",
)
_say(
    "visit.milder",
    400,
    "按检查结果应为“{proposed_word}”，改为“{outcome_word}”要写明理由。",
    "“{proposed_word}” follows from the findings; say why it shall be “{outcome_word}”.",
    "请在说明里写理由。",
    "Write the reason into the note.",
)
_say(
    "visit.unknown_outcome",
    400,
    "没有“{outcome}”这种结果。",
    "There is no outcome “{outcome}”.",
    "请选合格、责令整改、关停、未开门或已不在。",
    "Choose pass, rectify, shut, not_open or gone.",
)
_say(
    "visit.too_few",
    409,
    "检查至少要 {least} 人，现在只有 {count} 人。",
    "At least {least} inspectors must be there; there are {count}.",
    "请写明同去的人。",
    "Name those who went with you.",
)
_say(
    "visit.own_place",
    409,
    "“{place}”由您本人包干负责，不能独自检查。",
    "You answer for “{place}” yourself and cannot inspect it alone.",
    "请由其他检查人员同去，并写明同去的人。",
    "Have another inspector come along, and name them.",
)
_say(
    "visit.ends_before_start",
    400,
    "“{place}”的检查 {start} 开始，不能在 {end} 完成。",
    "The visit to “{place}” began at {start}; it cannot end at {end}.",
    "请核对时间。",
    "Check the time.",
)
_say(
    "visit.reason_needed",
    400,
    "“{place}”没有检查成，要说明原因。",
    "Say why “{place}” was not inspected.",
    "请写一句情况说明。",
    "Write a sentence.",
)
_say(
    "visit.followed",
    409,
    "“{place}”已经有后续的回头看，不能撤回。",
    "A look-back at “{place}” has followed; this cannot be taken back.",
    "请在回头看里更正结果。",
    "Correct it with the look-back.",
)
_say(
    "visit.not_a_picture",
    400,
    "“{name}”不是照片、录像或录音。",
    "“{name}” is no photo, film or recording.",
    "请换成照片。",
    "Send a photo.",
)

# --- orders ----------------------------------------------------------------------------------------------------------
_say(
    "order.wrong_step",
    409,
    "通知书 {number} 现在是“{status_word}”，不能这样办理。",
    "Order {number} is “{status_word}” now; this step is not possible.",
    "请打开通知书查看现在的情况。",
    "Open the order to see how it stands.",
)
_say(
    "order.ended",
    409,
    "通知书 {number} 已经办结。",
    "Order {number} has ended.",
    "请打开通知书查看。",
    "Open the order to see how it ended.",
)
_say(
    "order.who_signed",
    400,
    "通知书 {number} 由谁签收没有写全。",
    "Who takes order {number} is not complete.",
    "请写签收人姓名和身份；拒签的，写见证人姓名。",
    "Give name and capacity; when nobody would sign, the witness's name.",
)
_say(
    "order.signed_already",
    409,
    "通知书 {number} 在 {when} 已经签收。",
    "Order {number} was taken at {when} already.",
    "不用再签。",
    "There is no need to sign again.",
)
_say(
    "order.reason_needed",
    400,
    "撤销通知书 {number} 要说明理由。",
    "Say why order {number} is withdrawn.",
    "请填写理由。",
    "Write down the reason.",
)
_say(
    "order.still_shut",
    409,
    "“{place}”被通知书 {number} 关停，回头看通过后才能恢复营业。",
    "“{place}” is shut by order {number}; it opens again when a look-back has been passed.",
    "请安排回头看。",
    "Have somebody look again.",
)
