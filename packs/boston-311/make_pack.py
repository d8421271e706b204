"""Writes areas.csv, units.csv and cases.toml of this pack from its sample table: `python packs/boston-311/make_pack.py`.

An area is a neighbourhood as the table names it, at the middle of its own rows (the table has no borders); a unit is a
department by the table's own code; a class is a TYPE, under a code made of its name so that the same name always gets the
same code. Nothing is guessed: what the table lacks stays empty.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from guatu.cases.rules.history import code_of, unit_code_of  # noqa: E402

AREA = "925025"
# the departments' names as the City of Boston uses them; a code without a name here keeps its code
DEPARTMENTS = {
    "PWDx": "Public Works Department",
    "BTDT": "Transportation Department",
    "ISD": "Inspectional Services",
    "PARK": "Parks & Recreation",
    "GEN_": "Mayor's 24 Hour Hotline",
    "PROP": "Property Management",
    "BWSC": "Water & Sewer Commission",
    "DND_": "Neighborhood Development",
    "ANML": "Animal Care & Control",
    "DISB": "Disabilities Commission",
}


def write(name: str, rows: list[dict[str, object]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        sheet.writeheader()
        sheet.writerows(rows)


def main() -> None:
    with (HERE / "sample" / "tables" / "boston_311_sample.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        name = row["neighborhood"].strip()
        if name and name != "Boston" and row["LONGITUDE"]:
            points[name].append((float(row["LONGITUDE"]), float(row["LATITUDE"])))
    areas: list[dict[str, object]] = [
        {
            "code": AREA,
            "name": "波士顿",
            "name_en": "City of Boston",
            "level": "district",
            "lon": -71.0589,
            "lat": 42.3601,
        }
    ]
    for number, name in enumerate(sorted(points), 1):
        lon, lat = (round(mean(axis), 5) for axis in zip(*points[name], strict=True))
        code = f"{AREA}{number:03d}"
        areas.append({"code": code, "name": name, "name_en": name, "level": "street", "lon": lon, "lat": lat})
    write("areas.csv", areas)
    city = {
        "code": "boston",
        "name": "City of Boston",
        "short_name": "Boston",
        "kind": "government",
        "parent": "",
    }
    units: list[dict[str, object]] = [city | {"area": AREA}]
    for code in sorted({row["Department"] for row in rows}):
        name = DEPARTMENTS.get(code, code)
        said = {"code": unit_code_of(code), "name": name, "short_name": code}
        units.append(said | {"kind": "bureau", "parent": "boston", "area": AREA})
    write("units.csv", units)
    lines = [
        "# Classes: the TYPEs of the sample, as the City of Boston names them. Written by make_pack.py.\n"
    ]
    for name in sorted({row["TYPE"].strip() for row in rows}):
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(
            f'\n[[classes]]\nscheme = "boston-311"\ncode = "{code_of(name)}"\nname = "{quoted}"\n'
            f'name_en = "{quoted}"\nphoto = false\n'
        )
    (HERE / "cases.toml").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
