"""A form with everything in it, a desk that publishes it, and a phone that fills it in: for the walks of filling."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, expect

from tests.walks.conftest import CHROMES, ROOT, Product, Seat

COLUMNS = (
    "type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "required", "constraint",
    "constraint_message::中文 (zh)", "relevant", "appearance", "calculation", "choice_filter", "parameters", "repeat_count",
    "image::中文 (zh)",
)  # fmt: skip


def row(kind: str, name: str = "", zh: str = "", en: str = "", **more: str) -> dict[str, str]:
    return {"type": kind, "name": name, "label::中文 (zh)": zh, "label::English (en)": en or zh, **more}


def workbook(code: str, title: str, rows: list[dict[str, str]], version: str = "1", space: str = "") -> str:
    """An XLSForm as markdown; choices shared by all forms here. space: a namespace for the answers, good or odd."""
    lines = ["| survey |" + " |" * len(COLUMNS), "| | " + " | ".join(COLUMNS) + " |"]
    for each in rows:
        cells = {name.partition("::")[0]: value for name, value in each.items() if "::" not in name} | each
        lines.append("| | " + " | ".join(cells.get(name, "") for name in COLUMNS) + " |")
    lines += [
        "| choices | | | | | |",
        "| | list_name | name | label::中文 (zh) | label::English (en) | street |",
        *(f"| | {one} |" for one in CHOICES),
        "| settings | | | | | | |",
        "| | form_title | form_id | version | default_language | instance_xmlns | instance_name |",
        f"| | {title} | {code} | {version} | 中文 (zh) | {space} | concat('巡查 ', ${{name}}) |",
    ]
    return "\n".join(lines)


CHOICES = (
    "yn | y | 有 | Yes | ", "yn | n | 没有 | No | ", "kinds | a | 甲类 | Kind A | ", "kinds | b | 乙类 | Kind B | ",
    "kinds | c | 丙类 | Kind C | ", "streets | nx | 南翔 | Nanxiang | ", "streets | at | 安亭 | Anting | ",
    "villages | v1 | 新丰村 | Xinfeng | nx", "villages | v2 | 永乐村 | Yongle | nx", "villages | v3 | 昌吉 | Changji | at",
    "parts | left | 左边 | Left | ", "parts | right | 右边 | Right | ",
)  # fmt: skip
EVERYTHING = [
    row("start", "start"),
    row("deviceid", "phone"),
    row("note", "welcome", "请 **如实** 填写", **{"image::中文 (zh)": "pic.png"}),
    row("text", "name", "名称", "Name", required="yes", **{"hint::中文 (zh)": "招牌上的名称"}),
    row("text", "more", "说明", appearance="multiline"),
    row(
        "integer",
        "people",
        "人数",
        required="yes",
        constraint=". > 0 and . < 100",
        **{"constraint_message::中文 (zh)": "应在 1 到 99 之间"},
    ),
    row("decimal", "area", "面积"),
    row("date", "day", "日期"),
    row("time", "hour", "时间"),
    row("select_one yn", "any", "有问题吗"),
    row("text", "what", "什么问题", required="yes", relevant="${any} = 'y'"),
    row("select_multiple kinds", "kinds", "种类", appearance="columns-2"),
    row("select_one streets", "street", "街镇", appearance="minimal"),
    row("select_one villages", "village", "村居", choice_filter="street=${street}"),
    row("select_one_from_file shops.csv", "shop", "商户", appearance="autocomplete"),
    row("rank kinds", "order", "排序"),
    row("range", "score", "评分", parameters="start=0 end=10 step=1"),
    row("range", "stars", "星级", appearance="rating", parameters="start=1 end=5 step=1"),
    row("acknowledge", "checked", "我已核对"),
    row("geopoint", "spot", "位置"),
    row("geoshape", "plot", "地块"),
    row("image", "photo", "照片", parameters="max-pixels=800"),
    row("image", "signed", "签名", appearance="signature"),
    row("audio", "voice", "语音"),
    row("file", "paper", "文件"),
    row("barcode", "code", "条码"),
    row("select_one parts", "part", "部位", appearance="image-map", **{"image::中文 (zh)": "parts.svg"}),
    row("begin group", "hollow", "没有题的组"),
    row("end group"),
    row("begin group", "homes", "住户情况"),
    row("begin repeat", "home", "户"),
    row("text", "head", "户主称呼"),
    row("integer", "age", "年龄", constraint=". < 150"),
    row("end repeat"),
    row("end group"),
    row("calculate", "total", calculation="sum(${age})"),
    row("note", "sum", "年龄合计 ${total}"),
]
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><script>document.title="bad"</script>'
    '<rect id="left" x="2" y="2" width="46" height="46" fill="#ddd" onclick="document.title=1"/>'
    '<rect id="right" x="52" y="2" width="46" height="46" fill="#ddd"/></svg>'
)


def picture(width: int = 2400, height: int = 1800) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def media() -> dict[str, bytes]:
    rows = "".join(f"s{n},商户 {n} 号\n" for n in range(5000))
    return {"shops.csv": f"name,label\n{rows}".encode(), "pic.png": _png(), "parts.svg": SVG.encode()}


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 80), "teal").save(out, "PNG")
    return out.getvalue()


# ------------------------------------------------------------------------------------------------- the two sides


def publish(town: Seat, name: str, text: str, files: dict[str, bytes] | None = None) -> str:
    """Through the desk, as an office does. Answers what the page says."""
    page = town.open("/street/forms/new/")
    page.set_input_files(
        "input[name=source]", {"name": f"{name}.md", "mimeType": "text/markdown", "buffer": text.encode()}
    )
    if files:
        page.set_input_files(
            "input[name=attached]",
            [
                {"name": one, "mimeType": "application/octet-stream", "buffer": content}
                for one, content in files.items()
            ],
        )
    page.get_by_role("button", name="检查并发布").click()
    expect(page.get_by_text("已发布，手机可以获取。")).to_be_visible()
    return page.locator("main").inner_text()


def asked(product: Product, script: str) -> Any:
    """What the store holds, asked behind the product's back."""
    head = "import os, json\nos.environ['DJANGO_SETTINGS_MODULE'] = 'guatu.settings'\nimport django\ndjango.setup()\n"
    done = subprocess.run(
        [sys.executable, "-c", head + script],
        env=product.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


class Phone:
    """A phone with the shell, its policy in force, a camera, a microphone and a position."""

    def __init__(self, product: Product, context: BrowserContext) -> None:
        self.product, self.context, self.page = product, context, context.new_page()
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on(
            "console", lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None
        )

    def sign_in(self, username: str) -> None:
        page = self.page
        page.goto(f"{self.product.address}/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", self.product.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    def take(self, form: str) -> None:
        """Open the shell and wait until the form is in the phone."""
        self.page.goto(f"{self.product.address}/m/#/forms")
        self.page.reload()
        expect(self.page.get_by_role("link", name=re.compile(form))).to_be_visible(timeout=60_000)
        # without signal the pages come out of the worker
        self.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        self.page.wait_for_timeout(1500)

    def open(self, form: str) -> None:
        self.page.get_by_role("link", name=re.compile(form)).first.click()
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("[data-fill-ready]", timeout=60_000)

    def question(self, path: str) -> Locator:
        return self.page.locator(f'[data-path="{path}"]')

    def kept(self) -> None:
        """Everything of this moment is on the disk."""
        self.page.wait_for_timeout(700)
        expect(self.page.locator(".fill-kept")).to_contain_text("已保存在本机")

    def submit(self) -> None:
        self.page.get_by_role("button", name="提交", exact=True).click()

    def received(self, title: str, timeout: int = 60_000) -> None:
        self.page.goto(f"{self.product.address}/m/#/outbox")
        expect(self.page.locator("main")).to_contain_text(title)
        expect(self.page.locator("main")).to_contain_text("已收到", timeout=timeout)


@contextmanager
def carried(product: Product, browser: Browser) -> Iterator[Phone]:
    """A phone in somebody's hand. What its pages complain about fails the walk."""
    own = browser.browser_type.launch(
        executable_path=os.environ.get("GUATU_CHROMIUM") or next(found for name in CHROMES if (found := shutil.which(name))),
        args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    )  # fmt: skip
    try:
        context = own.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN", timezone_id="Asia/Shanghai",
            geolocation={"latitude": 31.2965, "longitude": 121.3125, "accuracy": 4},
            permissions=["geolocation", "camera", "microphone"],
        )  # fmt: skip
        context.set_default_timeout(30_000)
        one = Phone(product, context)
        yield one
        assert one.wrong == [], one.wrong
    finally:
        own.close()
