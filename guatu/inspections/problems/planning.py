"""What may be refused while routes are planned."""

from guatu.kernel.problems import declare

declare(
    "plan.no_teams",
    status=409,
    zh="“{round}”没有还能出发的检查组，或者检查组没有填写出发地点。",
    en="“{round}” has no team with time left, or its teams have no place to set out from.",
    next_zh="请先编组，填写班次时间和出发地点（驻点场所或坐标）。",
    next_en="Add a team with the times of its shift and its station (a place or a point), then plan.",
)
declare(
    "plan.nothing_left",
    status=409,
    zh="“{round}”没有待检查的场所可以规划。",
    en="“{round}” has no place left to plan.",
    next_zh="请先按条件加入场所，或恢复移出的场所；手工排定的组需先放开。",
    next_en="Choose places first, or put back what was taken out; release teams that were ordered by hand.",
)
declare(
    "plan.underway",
    status=409,
    zh="“{round}”正在规划路线。",
    en="The routes of “{round}” are being planned at this moment.",
    next_zh="请稍候，页面会自动显示结果。",
    next_en="Wait a moment; the page shows the result by itself.",
)
declare(
    "plan.other_visits",
    status=409,
    zh="{team} 的场所已有变化，与您排定的顺序对不上。",
    en="The places of {team} have changed and no longer match the order you set.",
    next_zh="请刷新页面，按最新的场所重新排序。",
    next_en="Reload the page and order the places as they are now.",
)
