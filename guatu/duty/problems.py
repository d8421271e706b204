"""What the roster may refuse."""

from guatu.kernel.problems import declare

declare(
    "duty.bad_time",
    status=400,
    zh="值班从 {start} 到 {end}，这段时间不对：要先开始后结束，最长 31 天。",
    en="A shift from {start} until {end} cannot be: it must end after it begins, and last 31 days at most.",
    next_zh="请检查日期和时间；夜班请把结束时间填到第二天。",
    next_en="Check days and times; a night shift ends on the day after.",
)
declare(
    "duty.twice",
    status=409,
    zh="{person}在{unit}从 {start} 到 {end} 已经有班，时间重叠。",
    en="{person} already has a shift at {unit} from {start} until {end}; the times overlap.",
    next_zh="请修改原来的班次，或换一段时间。",
    next_en="Change that shift, or choose another time.",
)
declare(
    "duty.unknown_role",
    status=400,
    zh="没有“{role}”这个岗位角色。",
    en="There is no role “{role}”.",
    next_zh="请从列表选择，或留空表示什么都管。",
    next_en="Choose one from the list, or leave it empty: whatever the unit has to do.",
)
declare(
    "duty.same_shift",
    status=400,
    zh="换班要选两个不同的人的班次。",
    en="A swap needs two shifts of two different people.",
    next_zh="请选另一个人的班次。",
    next_en="Choose a shift of somebody else.",
)
declare(
    "duty.nothing_to_copy",
    status=404,
    zh="{unit}在 {monday} 那一周没有排班，没有可复制的。",
    en="{unit} has no shifts in the week of {monday}: there is nothing to copy.",
    next_zh="请先排一周的班，或选择有排班的一周。",
    next_en="Enter one week first, or choose a week that has shifts.",
)
declare(
    "duty.not_removed",
    status=409,
    zh="这个班次没有被撤下，或者已经恢复了。",
    en="This shift has not been removed, or has been put back already.",
    next_zh="请打开值班表查看现在的情况。",
    next_en="Open the roster to see how it stands.",
)
