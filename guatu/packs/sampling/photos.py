"""Cards that stand where a sample would have photos: plain, and saying that they are no photo."""

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)


class Upload(io.BytesIO):
    """A picture in memory, as `attach` wants an upload."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name = name


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for place in _PLACES:
        if Path(place).is_file():
            return ImageFont.truetype(place, size)
    return ImageFont.load_default(size)


def photo(number: str, title: str, at: str) -> bytes:
    """A JPEG card with the case's number, what it is about and when; the ground's colour follows from the number."""
    shade = sum(number.encode()) % 60
    picture = Image.new("RGB", (640, 400), (150 + shade, 176, 196 - shade))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 290, 640, 400), fill=(246, 245, 240))
    named = isinstance(_font(20), ImageFont.FreeTypeFont)
    lines = (
        (28, 306, title[:24] if named else number),
        (22, 346, f"{number}  {at}"),
        (22, 20, "样例图片，非现场照片" if named else "sample"),
    )
    for size, top, text in lines:
        draw.text((20, top), text, font=_font(size), fill=(30, 34, 40))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60)
    return out.getvalue()
