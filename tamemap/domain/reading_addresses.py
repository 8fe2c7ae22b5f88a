"""What an address looks like: a town, its quarter, a number. Pure."""

from __future__ import annotations

import re

from tamemap.domain.reading_words import wide_folded

_NAME = r"[一-鿿々ぁ-んァ-ヶー]"
NUMBER = r"(?:\d+|[一二三四五六七八九十百]+(?=丁目|番|号))"
_PREFECTURE = r"(?:北海道|東京都|(?:京都|大阪)府|[一-鿿]{2,3}県)"
_TOWN = (
    rf"(?:{_PREFECTURE}\s*)?(?:{_NAME}{{1,5}}?郡\s*{_NAME}{{1,6}}?[町村]|{_NAME}{{1,6}}?市(?:{_NAME}{{1,4}}区)?"
    rf"|(?<={_PREFECTURE[:0]}){_NAME}{{1,5}}?[町村区])"
)
ADDRESS = re.compile(
    rf"(?:〒?\s*\d{{3}}-\d{{4}}\s*)?(?P<full>(?P<town>{_TOWN})\s*(?P<rest>(?:大?字)?{_NAME}{{0,14}}?\s*{NUMBER}"
    rf"(?:丁目|番地|番|号|地割|[条線][東西南北]?|の|-|\d|[一二三四五六七八九十]|(?<=番)地)*(?:号室)?))(?P<behind>.*)",
    re.DOTALL,
)
# numbers that are no house numbers: 市内在住のおおむね60歳, 市制70周年, 町内3か所
NO_ADDRESS = re.compile(
    r"^(?:歳|才|名|人|年|月|日|時|円|回|階|周年|か所|ヶ所|カ所|件|店|台|組|点|分|%|キロ|km|m|歩|本|冊|枚|世帯|代|度|期|位|号(?!室))"
)
NO_TOWN = re.compile(
    r"市内|町内|村内|区内|市民|町民|村民|市役所|市立|町立|在住|在勤|市制|都市|まちの|朝市|夜市|[でにはをがへもとや]"
)
OF_TOWN = re.compile(r"\s*(?:[立民営制]|役(?:所(?!通)|場)|内(?!町)|教育委)")  # what belongs to a town, not where in it
PHONE = re.compile(r"\d{2,5}-\d{2,4}-\d{3,4}")
# 温泉センター湯沢郡…27番地: where no gap was seen behind the name
_HOUSE = r"(?:センター|会館|公民館|ホール|図書館|体育館|プラザ|役場|園|院|館|ビル)(?=[一-鿿][一-鿿々ぁ-んァ-ヶ]{0,5}[市郡])"
ROOM = re.compile(r"(?:センター|会館|公民館|ホール|学校|体育館|図書館|プラザ)\s*\d+$")  # センター301: a room, not a house
BLOCKS = re.compile(r"[\d一二三四五六七八九十]丁目$")  # a quarter, not a house


def address_in(text: str) -> tuple[str, str, str] | None:
    """The first address in a text as (before, address, behind); None when there is none."""
    folded = wide_folded(text)
    for start in _starts(folded):
        match = ADDRESS.match(folded, start)
        if (
            not match
            or NO_ADDRESS.match(match["behind"].strip())
            or NO_TOWN.search(match["town"][:-1] + match["rest"][:2])
            or OF_TOWN.match(match["rest"])
        ):
            continue
        if re.search(r"[はがをへでもとや、。]", match["rest"].replace("との", "")[:10]) and not re.match(NUMBER, match["rest"]):
            continue
        if (
            PHONE.search(match["full"])
            or ROOM.search(match["full"])
            or (len(match["town"]) < 5 and BLOCKS.search(match["full"]) and match["town"][-1] in "町村区")
        ):
            continue
        return folded[:start], match["full"].strip(), match["behind"]
    return None


def _starts(text: str) -> list[int]:
    """Where an address may begin: at the start, after a bracket, a space, a postcode, a new line, or a house's name."""
    return [0, *(match.end() for match in re.finditer(rf"[\s(\[:/】]|〒?\d{{3}}-\d{{4}}\s*|{_HOUSE}", text))]
