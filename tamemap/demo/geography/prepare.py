"""Makes the files of this folder from the public sources named in CREDITS.md; run again when a new edition comes.

``python -m tamemap.demo.geography.prepare SOURCES``, where SOURCES holds ``boundaries/full/CCCCC.json``,
``towns/<都道府県>_<市区町村>.json`` and ``municipalities/localgovjp-utf8.csv`` as their publishers give them out.

Boundaries are simplified together, region by region (GEOS ``coverage_simplify``), so that neighbours keep one
border between them, without gap or overlap. It stops when a border is broken; the tests see to offices and 町字.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from tamemap.domain.geography import METRES_PER_DEGREE, Outline

HERE = Path(__file__).parent
# The outlines that decide are within about 10 m of the source; the ones that are drawn are a tenth of their size.
FILES = {"outlines.geojson": (10.0, 5), "display_outlines.geojson": (150.0, 4)}
REGIONS: dict[str, dict[str, Any]] = {
    "hitoyoshi-kuma": {
        "name": "人吉球磨",
        "map_name": "人吉球磨マップ",
        "towns": {
            "43203": "hitoyoshi",
            "43501": "nishiki",
            "43505": "taragi",
            "43506": "yunomae",
            "43507": "mizukami",
            "43510": "sagara",
            "43511": "itsuki",
            "43512": "yamae",
            "43513": "kuma",
            "43514": "asagiri",
        },
    },
    "rokko": {
        "name": "鹿行",
        "map_name": "鹿行マップ",
        "towns": {"08222": "kashima", "08232": "kamisu", "08223": "itako", "08233": "namegata", "08234": "hokota"},
    },
}


def source_area(sources: Path, code: str) -> shapely.Geometry:
    """A municipality's full boundary, its features made one."""
    data = json.loads((sources / "boundaries" / "full" / f"{code}.json").read_text(encoding="utf-8"))
    return shapely.union_all([shapely.geometry.shape(feature["geometry"]) for feature in data["features"]])


def simplified(areas: list[shapely.Geometry], metres: float, digits: int) -> list[shapely.Geometry]:
    """The areas of one region, simplified together and rounded. Raises ValueError when a border is broken."""
    middle = float(np.mean([area.centroid.y for area in areas]))
    scale = (METRES_PER_DEGREE * math.cos(math.radians(middle)), METRES_PER_DEGREE)
    ground = [shapely.transform(area, lambda places: places * scale) for area in areas]
    rounded = [
        shapely.transform(area, lambda places: np.round(places / scale, digits))
        for area in shapely.coverage_simplify(ground, metres)
    ]
    rounded = [shapely.remove_repeated_points(area) for area in rounded]
    if not shapely.coverage_is_valid(rounded) or not all(area.is_valid for area in rounded):
        raise ValueError(f"{metres} m breaks a border")
    return rounded


def full_name(sources: Path, code: str) -> str:
    """Prefecture, district and municipality in one, such as 熊本県球磨郡錦町."""
    data = json.loads((sources / "boundaries" / "full" / f"{code}.json").read_text(encoding="utf-8"))
    return str(data["features"][0]["properties"]["name"])


def municipality(sources: Path, code: str, slug: str, row: dict[str, str]) -> dict[str, Any]:
    """What ``regions.json`` says of one municipality."""
    district = full_name(sources, code).removeprefix(row["pref"]).removesuffix(row["city"])
    return {
        "code": row["lgcode"],
        "slug": slug,
        "name": row["city"],
        "kana": row["citykana"],
        "prefecture": row["pref"],
        "district": district,
        "map_name": f"{row['city']}マップ",
        "office": [round(float(row["lat"]), 6), round(float(row["lng"]), 6)],
    }


def towns(sources: Path, entry: dict[str, Any]) -> list[list[Any]]:
    """The 町字 of one municipality in the source's order: name, latitude, longitude (null where it has none)."""
    path = sources / "towns" / f"{entry['prefecture']}_{entry['district']}{entry['name']}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [[row["town"] + row.get("koaza", ""), row["lat"], row["lng"]] for row in rows]


def write(name: str, head: str, lines: list[str], tail: str) -> None:
    """One record a line, so that a new edition's differences can be read."""
    (HERE / name).write_text(head + ",\n".join(lines) + tail + "\n", encoding="utf-8")


def compact(value: object) -> str:
    """JSON without spaces, Japanese left readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(sources: Path) -> None:
    """Write all files of this folder."""
    with (sources / "municipalities" / "localgovjp-utf8.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["lgcode"][:5]: row for row in csv.DictReader(file)}
    regions, town_lines = [], []
    outlines: dict[str, list[str]] = {name: [] for name in FILES}
    for slug, region in REGIONS.items():
        entries = [municipality(sources, code, town, rows[code]) for code, town in region["towns"].items()]
        names = {"name": region["name"], "map_name": region["map_name"]}
        regions.append({"slug": slug, **names, "municipalities": entries})
        town_lines += [f"{compact(entry['code'])}:{compact(towns(sources, entry))}" for entry in entries]
        areas = [source_area(sources, code) for code in region["towns"]]
        for name, (metres, digits) in FILES.items():
            for entry, area in zip(entries, simplified(areas, metres, digits), strict=True):
                geometry = Outline(area).geojson()
                properties = {"code": entry["code"], "name": entry["name"]}
                outlines[name].append(compact({"type": "Feature", "properties": properties, "geometry": geometry}))
    (HERE / "regions.json").write_text(json.dumps(regions, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    write("towns.json", "{\n", town_lines, "\n}")
    for name, lines in outlines.items():
        write(name, '{"type":"FeatureCollection","features":[\n', lines, "\n]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
