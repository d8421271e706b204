"""A street of the size of seed 003: 24 office buildings, more than a thousand enterprises in them, 977 shops along roads."""

import csv
import io

from guatu.files import acts as files

ROADS = ("愚园路", "江苏路", "华山路", "镇宁路", "武定西路", "延安西路", "长宁路")
BUILDINGS, SHOPS = 24, 977
ENTERPRISES = sum(
    30 + index for index in range(BUILDINGS)
)  # 996, and with the first building's ten more 1,006
MORE = 10


def table():
    """The register of a street as an office keeps it: buildings first, then who is in them, then the shops by road."""
    out = io.StringIO()
    write = csv.writer(out).writerow
    write(["编号", "名称", "类别", "所属区域", "所在楼宇", "道路", "地址", "行业"])
    for index in range(BUILDINGS):
        road = ROADS[index % len(ROADS)]
        write(
            [
                f"L{index:02}",
                f"{road}商务楼{index:02}",
                "楼宇",
                "古猗园社区居委会",
                "",
                road,
                f"{road}{100 + index}号",
                "",
            ]
        )
    for index in range(BUILDINGS):
        for inside in range(30 + index + (MORE if index == 0 else 0)):
            write(
                [
                    f"Q{index:02}-{inside:03}",
                    f"企业{index:02}-{inside:03}",
                    "企业",
                    "",
                    f"L{index:02}",
                    "",
                    "",
                    "office",
                ]
            )
    for index in range(SHOPS):
        road = ROADS[index % len(ROADS)]
        write(
            [
                f"S{index:03}",
                f"商铺{index:03}",
                "沿街商铺",
                "德华社区居委会",
                "",
                road,
                f"{road}{2 * index + 1}号",
                "retail",
            ]
        )
    return out.getvalue().encode()


def bring(by, campaign=None, content=None):
    """The register through the ordinary importer; answers the run."""
    run = files.start_import(
        by=by, kind="place", content=content or table(), name="江苏路街道.csv", campaign=campaign
    )
    return files.apply_import(by=by, run=files.check_import(by=by, run=run))
