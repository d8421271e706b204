/** What the phone pages say: Chinese is the key, English beside it, chosen by the page's `lang`. */
import { inEnglish } from "../words";

const ENGLISH = {
  "挂图": "Guatu",
  "首页": "Today",
  "场所": "Places",
  "检查": "Visits",
  "填报": "Forms",
  "发件箱": "Outbox",
  "设置": "Settings",
  "返回": "Back",
  "我的": "Mine",
  "我的场所": "My places",
  "我的清单": "My lists",
  "我的检查": "My visits",
  "草稿": "Drafts",
  "地图": "Map",
  "我的网格": "My grid",
  "上报问题": "Report a problem",
  "案件": "Cases",
  "服务点": "Service points",
  "名册": "Registers",
  "待更正": "To be corrected",
  "退回更正": "Sent back to me",
  "有新版本，点此更新": "A new version is here. Update",
  "更新": "Update",
  "登录已过期。未发送的内容都在，请{name}重新登录。": "Your session has ended. Nothing unsent is lost; {name}, please sign in again.",
  "还没有登录。请登录后取回您的清单。": "You are not signed in. Sign in to fetch your lists.",
  "现在登录的是另一位同志。这部手机里是{name}的内容，没有发送，也没有混用。": "Somebody else is signed in now. This phone holds what belongs to {name}; nothing was sent or mixed.",
  "切换到现在登录的人": "Switch to whoever is signed in",
  "登录": "Sign in",
  "没有信号，内容都在手机里。": "No signal. Everything is on the phone.",
  "正在同步…": "Synchronising…",
  "已同步 {time}": "Synchronised {time}",
  "还没有同步过": "Not synchronised yet",
  "立即同步": "Synchronise now",
  "这个浏览器不能保存内容，关闭页面就会丢失。请点右上角菜单，选择“在浏览器打开”。":
    "This browser keeps nothing: what you enter is lost when the page closes. Choose “Open in browser” in the menu.",
  "没有信号时打不开本页：{why}有信号时照常使用，填写的内容仍保存在手机里。":
    "This page cannot open without signal: {why} With signal it works as usual, and what you enter stays on the phone.",
  "地址不是 https。": "the address is not https.",
  "这个浏览器不支持离线页面。请用系统浏览器打开。": "this browser has no offline pages. Open it in the system browser.",
  "手机存储已满，刚才的内容没有保存。": "The phone is full; what you just entered was not kept.",
  "清理已发送的照片": "Free photos already sent",
  "已清出 {size}。请再试一次。": "{size} freed. Please try again.",
  "没有可以清理的照片，请删除手机里其他内容后再试。": "There are no sent photos to free; make room elsewhere on the phone and try again.",
  "{count} 处今天还没有摸排": "{count} not surveyed today",
  "今天都摸排过了": "All surveyed today",
  "{count} 件待更正": "{count} to be corrected",
  "{count} 处待检查": "{count} visits to do",
  "{count} 份草稿": "{count} drafts",
  "{count} 条待发送": "{count} to send",
  "{count} 条未通过": "{count} refused",
  "全部已发送": "Everything is sent",
  "{count} 件案件在手": "{count} cases in hand",
  "今天": "Today",
  "您好，{name}": "Hello, {name}",
  "我的{buildings}栋楼宇和{shops}家商铺": "My {buildings} buildings and {shops} shops",
  "我的{count}处场所": "My {count} places",
  "查找名称、地址、编号": "Search name, address, number",
  "全部": "All",
  "未摸排": "Not yet",
  "已摸排": "Surveyed",
  "没有符合的场所。": "No place matches.",
  "还没有场所。签了责任包干的场所会出现在这里；请先同步，或联系街镇。":
    "No places yet. Places you answer for by contract appear here; synchronise first, or ask your street.",
  "今日已摸排": "Surveyed today",
  "今日已摸排（待发送）": "Surveyed today (to be sent)",
  "上次 {day}": "Last {day}",
  "从未摸排": "Never surveyed",
  "停业中": "Shut by order",
  "无变化": "No change",
  "确认无变化？": "No change, sure?",
  "新开/关停": "Opened/closed",
  "未能进入": "Not reached",
  "已记下：{name} {what}": "Noted: {name}, {what}",
  "撤回": "Undo",
  "已撤回": "Taken back",
  "已经发出，不能撤回。": "It has gone already and cannot be taken back.",
  "新开了一家": "One has opened",
  "名称": "Name",
  "行业": "Trade",
  "种类": "Kind",
  "企业": "Enterprise",
  "商铺": "Shop",
  "摊位": "Stall",
  "再加一家": "Add another",
  "关停了": "Closed",
  "里面没有登记的商户。": "No merchants are registered inside.",
  "说明": "Note",
  "提交": "Send",
  "保存": "Keep",
  "取消": "Cancel",
  "放弃": "Give up",
  "请填写新开的名称，勾选关停的，或写一句说明。": "Name what opened, tick what closed, or write a note.",
  "为什么没能进入": "Why it could not be reached",
  "请写明原因。": "Please say why.",
  "地址": "Address",
  "编号": "Number",
  "责任": "Contract",
  "营业时间": "Opening hours",
  "路段": "Road",
  "里面的商户": "Merchants inside",
  "所在": "Inside of",
  "在地图上看": "Show on the map",
  "这条内容不在手机里了，可能已不归您负责。": "This is no longer on the phone; it may no longer be yours.",
  "没有待检查的点位。任务派到您的小组后会出现在这里。": "No visits to do. They appear here once given to your team.",
  "第{number}站": "Stop {number}",
  "预计 {time}": "Around {time}",
  "回头看": "Look-back",
  "到 {time} 前": "Due {time}",
  "已逾期": "Overdue",
  "没有草稿。填报中途离开，内容会自动留在这里。": "No drafts. What you leave half filled in is kept here.",
  "继续填写": "Go on",
  "删除": "Delete",
  "已删除草稿": "Draft deleted",
  "已保存 {time}": "Kept {time}",
  "发件箱是空的。填报、摸排、上报都先放在这里，有信号就按顺序发出。":
    "The outbox is empty. Forms, surveys and reports come here first and go in order once there is signal.",
  "待发送": "To send",
  "正在发送": "Sending",
  "已发送": "Sent",
  "未通过": "Refused",
  "回执 {number}": "Receipt {number}",
  "马上重试": "Try now",
  "重试": "Try again",
  "改正后再发": "Correct it",
  "放弃这一条": "Give this up",
  "已放弃": "Given up",
  "等前一条“{title}”发出后再发": "Waits for “{title}” before it",
  "已试 {count} 次": "{count} tries",
  "手机时钟比服务器{how}{amount}，已按服务器时间登记。": "The phone's clock was {how}{amount}; entered by the server's time.",
  "慢": "slow by ",
  "快": "fast by ",
  "{count} 天": "{count} days",
  "{count} 小时": "{count} h",
  "{count} 分钟": "{count} min",
  "{count} 张照片": "{count} photos",
  "涉及：{questions}": "About: {questions}",
  "填写于 {time}": "Entered {time}",
  "30 天前发出的会自动清除。": "What was sent more than 30 days ago is cleared.",
  "我的位置": "My position",
  "正在定位…": "Looking for your position…",
  "误差约 {metres} 米": "within about {metres} m",
  "没有取到位置：请在手机设置里允许浏览器使用位置。": "No position: allow the browser to use it in the phone's settings.",
  "没有取到位置：浏览器只在 https 地址提供位置。": "No position: browsers give it to https addresses only.",
  "没有取到位置，请到开阔处再试。": "No position; try again in the open.",
  "还没有网格边界和场所坐标。同步后再看。": "No outlines and no coordinates yet. Synchronise first.",
  "放大": "Zoom in",
  "缩小": "Zoom out",
  "显示全部": "Show all",
  "方格为示意，不是边界": "Tiles are schematic, not boundaries",
  "网格地图，{count} 处场所；下方列表内容相同": "Map of the grid with {count} places; the list below says the same",
  "语言": "Language",
  "大字": "Large type",
  "开": "On",
  "关": "Off",
  "手机存储": "Storage",
  "已用 {used}，可用 {free}": "{used} used, {free} free",
  "不知道": "Unknown",
  "浏览器可能在空间不足时清除内容。": "The browser may clear it when space is short.",
  "浏览器承诺不自动清除。": "The browser promised not to clear it.",
  "手机时钟": "Phone clock",
  "与服务器一致": "agrees with the server",
  "比服务器慢 {amount}": "{amount} behind the server",
  "比服务器快 {amount}": "{amount} ahead of the server",
  "版本": "Version",
  "离线可用": "Works offline",
  "是": "Yes",
  "否": "No",
  "账号": "Account",
  "退出登录": "Sign out",
  "还有 {count} 条没有发送，{drafts} 份草稿。退出会从这部手机上清除它们，不能找回。":
    "{count} unsent and {drafts} drafts are still here. Signing out removes them from this phone for good.",
  "先不退出": "Stay signed in",
  "清除并退出": "Remove and sign out",
  "退出后，这部手机上您的清单、表单和回执都会清除。": "Signing out removes your lists, forms and receipts from this phone.",
  "电脑页面": "Desk pages",
  "没有信号，暂时不能退出：请先连上网络。": "No signal: connect first, then sign out.",
  "问题": "Problem",
  "问题是什么": "What is the problem",
  "具体情况": "Details",
  "拍照": "Take photos",
  "请写明问题是什么。": "Say what the problem is.",
  "上报": "Report",
  "已放进发件箱": "Put into the outbox",
  "没有在手的案件。": "No cases in hand.",
  "接单": "Accept",
  "报告处置结果": "Report the result",
  "处置情况": "What was done",
  "照片": "Photos",
  "承办": "With",
  "期限": "Due",
  "来源": "Source",
  "类别": "Class",
  "（待发送）": "(to be sent)",
  "没有可填的表单。": "No forms to fill in.",
  "表单": "Forms",
  "正在取表单…": "Fetching the form…",
  "原因": "Reason",
  "开始更正": "Correct it",
  "没有待更正的填报。": "Nothing was sent back to you.",
  "没有服务点。": "No service points.",
  "排队 {count} 人": "{count} in line",
  "没有登记。": "No entries.",
  "打开": "Open",
  "关闭": "Close",
  "正在打开…": "Opening…",
  "没有这一页。": "There is no such page.",
  "这一页没有打开：{why}": "This page did not open: {why}",
  "页面已更新到新版本": "Updated to the new version",
  "装到桌面": "Install",
  "等 {count} 项": "{count} in all",
  "显示更多": "Show more",
} as const;

export type PhoneWord = keyof typeof ENGLISH;

/** The sentence in the page's language, with `{name}` replaced by the given values. */
export function say(chinese: PhoneWord, values: Record<string, string | number> = {}): string {
  const sentence: string = inEnglish() ? ENGLISH[chinese] : chinese;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

let offset = 0;

/** Milliseconds by which the server's clock is ahead of the phone's, as of the last contact. */
export function setOffset(milliseconds: number): void {
  offset = milliseconds;
}

/** Now by the server's clock, as far as the phone knows. */
export function officeNow(): Date {
  return new Date(Date.now() + offset);
}

const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

function partsOf(at: Date): { day: string; time: string } {
  const part = Object.fromEntries(PARTS.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${part["year"]}-${part["month"]}-${part["day"]}`, time: `${part["hour"]}:${part["minute"]}` };
}

/** A moment of the server's: 14:05 when it is today there, else 9月16日 14:05. In the office's zone, wherever the phone is. */
export function momentText(value: string | number | Date): string {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return "—";
  const { day, time } = partsOf(at);
  return day === partsOf(officeNow()).day ? time : `${dayText(day)} ${time}`;
}

/** A moment of the phone's, by the server's clock: a phone that is wrong by a year still shows the right day. */
export function phoneText(value: string | number): string {
  const at = typeof value === "number" ? value : Date.parse(value);
  return momentText(at + offset);
}

/** 2021-09-16 → 9月16日 / 16 Sep */
export function dayText(day: string): string {
  const [year, month, date] = day.split("-").map(Number);
  if (year === undefined || month === undefined || date === undefined) return day;
  if (!inEnglish()) return `${month}月${date}日`;
  return new Date(year, month - 1, date).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}

export function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** 400 天, 3 小时, 5 分钟 */
export function spanText(seconds: number): string {
  const whole = Math.abs(seconds);
  if (whole >= 86_400) return say("{count} 天", { count: Math.round(whole / 86_400) });
  if (whole >= 3600) return say("{count} 小时", { count: Math.round(whole / 3600) });
  return say("{count} 分钟", { count: Math.max(1, Math.round(whole / 60)) });
}
