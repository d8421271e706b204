"""Lines under the points of a map: the borders of an area and of its streets, as far as they are known."""

from typing import Any

from guatu.places import reads as places


def outlines(code: str) -> list[dict[str, Any]]:
    """Features with role `outline`. Tiles that stand for areas without a known border are left out: a point beside a
    made-up square would say something untrue."""
    return [
        {**each, "properties": {**each["properties"], "role": "outline"}}
        for each in places.map_areas(None, code)
        if not each["properties"].get("tile")
    ]
