"""What units, people, posts and contracts may refuse."""

from guatu.kernel.problems import declare

declare(
    "unit.code_taken",
    status=409,
    zh="代码“{code}”已经是“{name}”。",
    en="The code “{code}” is already that of “{name}”.",
    next_zh="请换一个代码，或打开已有的单位修改。",
    next_en="Choose another code, or open the unit that has it.",
)
declare(
    "unit.bad_code",
    status=400,
    zh="单位代码“{code}”只能用小写字母、数字和连字符。",
    en="The unit code “{code}” may hold lower-case letters, digits and hyphens only.",
    next_zh="例如 lrj 或 nanxiang-zhen。",
    next_en="Such as lrj or nanxiang-zhen.",
)
declare(
    "unit.unknown",
    status=400,
    zh="没有代码或名称是“{unit}”的单位。",
    en="There is no unit with the code or name “{unit}”.",
    next_zh="请填单位代码、全称或简称；新单位请先登记。",
    next_en="Write the unit's code, full or short name; register a new unit first.",
)
declare(
    "unit.no_name",
    status=400,
    zh="没有填写名称。",
    en="The name is missing.",
    next_zh="请填写名称。",
    next_en="Fill in the name.",
)
declare(
    "unit.has_people",
    status=409,
    zh="“{name}”还有 {count} 名在用人员，不能停用。",
    en="“{name}” still has {count} active people and cannot be closed.",
    next_zh="请先把人员转到其他单位或停用账号。",
    next_en="Move the people to other units or close their accounts first.",
)
declare(
    "person.unknown",
    status=400,
    zh="没有用户名或姓名是“{person}”的人员。",
    en="There is nobody with the user name or name “{person}”.",
    next_zh="请填用户名；新人员请先登记。",
    next_en="Write the user name; register new people first.",
)
declare(
    "person.ambiguous",
    status=400,
    zh="叫“{person}”的人员有 {count} 位。",
    en="{count} people are called “{person}”.",
    next_zh="请改填用户名。",
    next_en="Write the user name instead.",
)
declare(
    "person.username_taken",
    status=409,
    zh="用户名“{username}”已经有人使用。",
    en="The user name “{username}” is taken.",
    next_zh="请换一个用户名，例如加上单位代码。",
    next_en="Choose another one, for example with the unit's code.",
)
declare(
    "person.bad_username",
    status=400,
    zh="用户名“{username}”只能用字母、数字、下划线、点和连字符，2 到 60 个。",
    en="The user name “{username}” may hold letters, digits, underscores, dots and hyphens only, 2 to 60 of them.",
    next_zh="建议用姓名拼音。",
    next_en="The name in Latin letters is a good choice.",
)
declare(
    "person.weak_password",
    status=400,
    zh="密码不够安全：{why}",
    en="The password is not safe enough: {why}",
    next_zh="请用十位以上、别人猜不到的密码。",
    next_en="Use ten or more characters that nobody can guess.",
)
declare(
    "person.has_contracts",
    status=409,
    zh="{name}名下还有 {count} 份有效的责任包干，停用后就没有人负责了。",
    en="{name} still answers for {count} places or areas; closing the account would leave them to nobody.",
    next_zh="请先把包干转给别人或结束包干。",
    next_en="Give these contracts to somebody else, or end them, first.",
)
declare(
    "person.self",
    status=409,
    zh="不能停用自己的账号。",
    en="You cannot close your own account.",
    next_zh="请由另一位管理员操作。",
    next_en="Ask another administrator to do it.",
)
declare(
    "person.inactive",
    status=409,
    zh="{name}的账号已经停用。",
    en="The account of {name} is closed.",
    next_zh="请先恢复账号，或选择别人。",
    next_en="Open the account again first, or choose somebody else.",
)
declare(
    "person.no_reason",
    status=400,
    zh="查看他人电话要写明理由。",
    en="Looking at somebody's telephone number needs a reason.",
    next_zh="请用一句话写明为什么要看；查看会留痕。",
    next_en="Say in a sentence why; the look is recorded.",
)
declare(
    "person.bad_phone",
    status=400,
    zh="“{phone}”不像电话号码。",
    en="“{phone}” does not look like a telephone number.",
    next_zh="请填 11 位手机号，或带区号的座机号。",
    next_en="Write an 11-digit mobile number, or a landline with its area code.",
)
declare(
    "post.unknown_role",
    status=400,
    zh="没有“{role}”这种角色。",
    en="There is no role “{role}”.",
    next_zh="可选：{roles}。",
    next_en="The roles are: {roles}.",
)
declare(
    "post.nowhere",
    status=400,
    zh="岗位没有指明管哪些区域或哪些单位，等于没有权限。",
    en="The post names neither areas nor units: it would give no right at all.",
    next_zh="请至少选择一个区域、片区或单位。",
    next_en="Choose at least one area, zone or unit.",
)
declare(
    "post.beyond",
    status=403,
    zh="您自己的岗位管不到“{where}”，不能把它授给别人。",
    en="Your own posts do not reach “{where}”, so you cannot give it to somebody else.",
    next_zh="请由上一级管理员设置。",
    next_en="Ask an administrator of the level above.",
)
declare(
    "post.bad_days",
    status=400,
    zh="结束日期 {to_day} 早于开始日期 {from_day}。",
    en="The last day {to_day} lies before the first day {from_day}.",
    next_zh="请核对日期。",
    next_en="Check the dates.",
)
declare(
    "contract.nothing",
    status=400,
    zh="没有指明包干哪个点位或区域。",
    en="Neither a place nor an area is named to answer for.",
    next_zh="请选择一个点位，或填区域代码、名称。",
    next_en="Choose a place, or give the area's code or name.",
)
declare(
    "contract.unknown_place",
    status=400,
    zh="没有编号是“{number}”的点位。",
    en="There is no place with the number “{number}”.",
    next_zh="请核对编号，或先导入点位。",
    next_en="Check the number, or import the places first.",
)
declare(
    "contract.exists",
    status=409,
    zh="{person}已经包干了“{what}”（{kind}）。",
    en="{person} already answers for “{what}” ({kind}).",
    next_zh="不用重复登记；要改日期请打开原来的包干。",
    next_en="There is no need to enter it again; open the contract to change its days.",
)
declare(
    "contract.ended",
    status=409,
    zh="这份包干已经在 {to_day} 结束。",
    en="This contract ended on {to_day}.",
    next_zh="如需继续，请新签一份。",
    next_en="Sign a new one if it goes on.",
)
declare(
    "contract.nothing_chosen",
    status=400,
    zh="没有选任何一份。",
    en="Nothing was chosen.",
    next_zh="请勾选要交接的包干或要指定的点位，并选定接手的人。",
    next_en="Tick the contracts or places, and choose who takes them.",
)
declare(
    "contract.same_person",
    status=400,
    zh="“{what}”仍交给{name}本人，等于没有交接。",
    en="“{what}” would stay with {name}: nothing is handed over.",
    next_zh="请选另一个人。",
    next_en="Choose somebody else.",
)
declare(
    "contract.too_many_at_once",
    status=400,
    zh="一次最多办 {most} 份，这次选了 {count} 份。",
    en="At most {most} at once; {count} were chosen.",
    next_zh="请分几次办理。",
    next_en="Do it in several goes.",
)
declare(
    "contract.changed_since",
    status=409,
    zh="交接之后 {names} 又有变动，不能整批撤销。",
    en="{names} changed after the hand-over; it cannot be undone as a whole.",
    next_zh="请在各份包干的页面上单独处理。",
    next_en="Settle those on their own pages.",
)
declare(
    "contract.undone",
    status=409,
    zh="这次交接已经撤销。",
    en="This hand-over was undone already.",
    next_zh="如需再交接，请重新办理。",
    next_en="Hand over anew if needed.",
)
declare(
    "contract.bad_limit",
    status=400,
    zh="上限“{limit}”不对：要填 1 到 999 的整数。",
    en="“{limit}” is not a limit: write a whole number from 1 to 999.",
    next_zh="空着则用出厂设定。",
    next_en="Leave it empty for the shipped one.",
)
declare(
    "contract.unknown_kind",
    status=400,
    zh="没有“{kind}”这种包干。",
    en="There is no contract of the kind “{kind}”.",
    next_zh="可选：{kinds}。",
    next_en="The kinds are: {kinds}.",
)

declare(
    "view.no_name",
    status=400,
    zh="视图要有名字。",
    en="A view needs a name.",
    next_zh="请起个名字，例如“南翔本周到期”。",
    next_en="Give it one, such as “Nanxiang, due this week”.",
)

declare(
    "view.too_long",
    status=400,
    zh="这组条件太长，保存不下。",
    en="These filters are too long to be saved.",
    next_zh="请减少选中的项目再保存。",
    next_en="Choose fewer items and save again.",
)

declare(
    "view.too_many",
    status=409,
    zh="这个列表已经保存了 {most} 个视图。",
    en="{most} views of this list are saved already.",
    next_zh="请先删除不用的视图。",
    next_en="Delete one that is no longer used.",
)

declare(
    "view.not_shareable",
    status=403,
    zh="视图只能共享给自己的单位或上级单位，不能给{unit}。",
    en="A view can be shared with your own unit or one above it, not with {unit}.",
    next_zh="请选择本单位，或者把地址发给对方。",
    next_en="Choose your unit, or send them the address.",
)

declare(
    "view.not_yours",
    status=403,
    zh="这个视图是{who}的，只能由本人修改。",
    en="This view is {who}’s; only they can change it.",
    next_zh="可以另存为自己的视图。",
    next_en="Save it as a view of your own.",
)

declare(
    "view.name_taken",
    status=409,
    zh="已经有一个叫“{name}”的视图。",
    en="There is a view called “{name}” already.",
    next_zh="请换一个名字。",
    next_en="Choose another name.",
)
