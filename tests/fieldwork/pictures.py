"""A small photo."""

import io

from PIL import Image


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 120, 80)).save(out, "JPEG")
    return out.getvalue()
