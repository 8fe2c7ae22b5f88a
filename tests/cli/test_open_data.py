"""Open data in and out: a map's flyers as a municipal event list, a town's facilities into the gazetteer."""

from __future__ import annotations

import csv
import io

import pytest
from PIL import Image

from tamemap import cli, db
from tamemap.cli_events import COLUMNS, harmless
from tamemap.cli_places import decoded
from tamemap.errors import Invalid
from tamemap.i18n import t
from tamemap.queries.maps import places
from tamemap.services import flyers, pictures
from tests.factories import HITOYOSHI, OFFICES

LAT, LNG = OFFICES[HITOYOSHI]
MARKET = {
    "title": "=2+5 の市",
    "body": '一行目\n二行目、「かぎ」と "引用"',
    "category": "market",
    "starts_at": "2026-11-28T10:00:00+09:00",
    "ends_at": "2026-11-29T24:00:00+09:00",
    "venue": "広場",
    "address": "熊本県人吉市九日町",
    "fee": "１，５００円",
    "phone": "０９６６－００－１２３４（昼間）",
    "organiser": "市の会",
    "lat": str(LAT),
    "lng": str(LNG),
}


@pytest.fixture
def picture(world, tmp_path):
    Image.new("RGB", (300, 400), "orange").save(tmp_path / "flyer.png")
    return pictures.prepare((tmp_path / "flyer.png").read_bytes())


@pytest.fixture
def post(world, picture):
    """Aki posts a flyer."""

    def posted(raw: dict[str, str], hidden: tuple[str, ...] = (), *, outside: bool = True) -> str:
        with db.transaction(write=True) as session:
            waiting = pictures.keep(session, world.aki, prepared=picture)
            return flyers.post(session, world.aki, raw=raw, picture_ids=(waiting[0].public_id,), hidden=hidden, outside=outside,
                               may_post=True).public_id  # fmt: skip

    return posted


def exported(capfdbinary, slug: str) -> list[dict[str, str]]:
    assert cli.main(["export", "--map", slug]) == 0
    return list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode("utf-8-sig"), newline="")))


def test_a_flyer_becomes_a_row_of_the_recommended_list(post, capfdbinary):
    public_id = post(MARKET)
    (row,) = exported(capfdbinary, "hitoyoshi-kuma")
    number = row.pop("NO")
    assert len(number) == 10
    assert int(number) > 0
    assert {column: cell for column, cell in row.items() if cell} == {
        "都道府県コード又は市区町村コード": HITOYOSHI,
        "都道府県名": "熊本県",
        "市区町村名": "人吉市",
        "イベント名": "'=2+5 の市",
        "開始日": "2026-11-28",
        "終了日": "2026-11-29",
        "開始時間": "10:00",
        "終了時間": "24:00",
        "説明": MARKET["body"],
        "料金(基本)": "1500",
        "料金(詳細)": "１，５００円",
        "連絡先名称": "市の会",
        "連絡先電話番号": "0966-00-1234",
        "主催者": "市の会",
        "場所名称": "広場",
        "住所": "熊本県人吉市九日町",
        "緯度": f"{LAT:.6f}",
        "経度": f"{LNG:.6f}",
        "URL": f"http://localhost:8000/f/{public_id}",
        "備考": t("category.market"),
    }


def test_the_file_is_what_spreadsheets_of_city_halls_open(post, capfdbinary, tmp_path):
    post(MARKET)
    assert cli.main(["export", "--map", "hitoyoshi", "--to", str(tmp_path / "events.csv")]) == 0
    data = (tmp_path / "events.csv").read_bytes()
    assert capfdbinary.readouterr().out == b""
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig").split("\r\n")
    assert lines[0].split(",") == list(COLUMNS)
    assert len(COLUMNS) == 32
    assert lines[-1] == ""


def test_all_day_and_free_are_said_as_the_standard_wants(post, capfdbinary):
    post(MARKET | {"starts_at": "2026-11-28", "ends_at": "2026-11-30", "fee": "入場無料"})
    post(
        MARKET
        | {"starts_at": "2026-11-29T10:00:00+09:00", "ends_at": "", "fee": "大人500円・子ども200円", "title": "はじまりだけ"}
    )
    rows = exported(capfdbinary, "hitoyoshi")
    assert [(row["開始日"], row["終了日"], row["開始時間"], row["終了時間"], row["料金(基本)"]) for row in rows] == [
        ("2026-11-28", "2026-11-30", "", "", "0"), ("2026-11-29", "2026-11-29", "10:00", "", "500")]  # fmt: skip


def test_what_is_for_residents_and_what_has_no_date_stays_at_home(post, capfdbinary):
    post(MARKET, hidden=("phone", "address"))
    post(MARKET | {"starts_at": "", "ends_at": "", "title": "日のないチラシ"})
    post(MARKET | {"title": "町のなかだけ"}, outside=False)
    for slug, titles in (("hitoyoshi", ["'=2+5 の市", "町のなかだけ"]), ("hitoyoshi-kuma", ["'=2+5 の市"])):
        rows = exported(capfdbinary, slug)
        assert sorted(row["イベント名"] for row in rows) == titles
        assert [(row["連絡先電話番号"], row["住所"]) for row in rows if row["イベント名"] == "'=2+5 の市"] == [("", "")]


def test_a_long_list_is_whole(post, capfdbinary, monkeypatch):
    monkeypatch.setattr("tamemap.cli_data.MOST", 2)
    for number in range(5):
        post(MARKET | {"title": f"市 {number}"})
    rows = exported(capfdbinary, "hitoyoshi")
    assert sorted(row["イベント名"] for row in rows) == [f"市 {number}" for number in range(5)]
    assert len({row["NO"] for row in rows}) == 5


def test_an_unknown_map_is_said(world, capfdbinary):
    assert cli.main(["export", "--map", "nowhere"]) == 1
    answer = capfdbinary.readouterr()
    assert answer.out == b""
    assert answer.err.decode().strip()


@pytest.mark.parametrize("cell", ["=1", "+81", "-5", "@here", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


OLD = "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度\r\n"
ROW = "{code},1,熊本県,人吉市,{name},{kana},,1307,人吉市九日町,,{lat},{lng}\r\n"


@pytest.fixture
def imported(world, tmp_path, capsys):
    """Imports a file with these contents; answers the exit status, what was said, and which places there are."""

    def run(content: bytes) -> tuple[int, str, str, list[tuple]]:
        (tmp_path / "list.csv").write_bytes(content)
        status = cli.main(["import", str(tmp_path / "list.csv"), "--kind", "facilities"])
        said = capsys.readouterr()
        with db.transaction(write=False) as session:
            found = [(place.name, place.lat, place.lng) for place in places(session, world.dai, q="会館")]
        return status, said.out, said.err, found

    return run


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_of_facilities_is_read_in_the_encodings_of_city_halls(imported, encoding):
    content = OLD + ROW.format(code=HITOYOSHI, name="みほん会館", kana="ミホンカイカン", lat=LAT, lng=LNG)
    status, said, refused, found = imported(content.encode(encoding))
    assert (status, refused, found) == (0, "", [("みほん会館", LAT, LNG)])
    assert said == "場所を入れました：新しく 1 件、直したもの 0 件、同じもの 0 件、町の外 0 件\n"


def test_columns_are_known_by_name_in_any_order_and_edition(imported):
    content = f"経度,緯度,備考,名称,全国地方公共団体コード\n{LNG},{LAT},,みほん会館,{HITOYOSHI}\n,,,札だけの会館,43203\n"
    assert sorted(imported(content.encode())[3]) == [("みほん会館", LAT, LNG), ("札だけの会館", None, None)]


def test_twice_is_once(imported):
    content = (OLD + ROW.format(code=HITOYOSHI, name="みほん会館", kana="", lat=LAT, lng=LNG)).encode()
    imported(content)
    status, said, _, found = imported(content)
    assert (status, said, len(found)) == (0, "場所を入れました：新しく 0 件、直したもの 0 件、同じもの 1 件、町の外 0 件\n", 1)


def test_rows_that_cannot_be_are_named_by_their_line_and_the_others_come_in(imported):
    rows = [
        ROW.format(code=HITOYOSHI, name="片方会館", kana="", lat=LAT, lng=""),
        ROW.format(code=HITOYOSHI, name="", kana="", lat=LAT, lng=LNG),
        ROW.format(code=HITOYOSHI, name="北の会館", kana="", lat="north", lng=LNG),
        ROW.format(code=HITOYOSHI, name="みほん会館", kana="", lat=LAT, lng=LNG),
        ROW.format(code="222127", name="遠くの会館", kana="", lat="34.86", lng="138.32"),
    ]
    status, said, refused, found = imported((OLD + "".join(rows)).encode())
    assert status == 0
    assert found == [("みほん会館", LAT, LNG)]
    assert said == "場所を入れました：新しく 1 件、直したもの 0 件、同じもの 0 件、町の外 1 件\n"
    assert refused.splitlines() == [
        "2 行目は入れませんでした：緯度と経度の、片方だけがあります",
        "3 行目は入れませんでした：名称がありません",
        "4 行目は入れませんでした：緯度・経度が数ではないか、ありえない場所です",
    ]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("名称,緯度,名称\n".encode(), "同じ見出し"),
        ("施設,緯度\n".encode(), "「名称」"),
        (b"", "「名称」"),
        (b"\xff\xfe\x00\x81\xff", "UTF-8"),
    ],
)
def test_a_file_of_another_kind_is_refused_whole(imported, content, part):
    status, said, refused, found = imported(content)
    assert (status, said, found) == (1, "", [])
    assert part in refused


def test_a_file_that_is_not_there_is_said(world, capsys, tmp_path):
    assert cli.main(["import", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_what_is_no_text_is_refused():
    with pytest.raises(Invalid) as refused:
        decoded(b"\x81\xff\x00")
    assert refused.value.code == "import_not_text"
