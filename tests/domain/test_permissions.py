"""Who may do what: the one table, held against what the documentation says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tamemap.domain.actors import SYSTEM, Actor, Ground
from tamemap.domain.permissions import TABLE, allowed, demand, relations
from tamemap.errors import Forbidden, Unauthenticated

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
TOWN, REGION = Ground("432032", 1), Ground(None, 1)
GUEST = Actor()
MEMBER = Actor(person_id=1)
RESIDENT = Actor(person_id=1, residence_code="432032")
STAFF = Actor(person_id=1, staff_of=frozenset({"432032"}))
OPERATOR = Actor(person_id=1, operator_of=frozenset({1}))
COLUMNS = {
    "anyone": "だれでも",
    "member": "サインインした人",
    "resident": "住民",
    "author": "本人",
    "staff": "町の職員",
    "operator": "圏域の管理者",
}
# who stands in a column stands in these relations, too
SIGNED_IN = frozenset({"anyone", "member"})
ALSO = {"anyone": frozenset({"anyone"}), "author": frozenset({"anyone"})}
WORDS = {
    "flyer.post": "チラシを貼る",
    "flyer.see": "チラシを見る",
    "flyer.see_resident_face": "住民だけの項目も見る",
    "flyer.see_down": "確認待ち・取り下げ中のチラシを見る",
    "flyer.change": "チラシを直す",
    "flyer.delete": "チラシを消す",
    "flyer.place_outside": "市外にも見せる・やめる",
    "flyer.decide": "載せる・取り下げる・削除する（判断）",
    "flyer.see_history": "掲載のうつりかわりを見る",
    "board.read": "掲示板を読む",
    "topic.open": "話題をつくる",
    "topic.open_theme": "お題を出す",
    "topic.close": "話題を閉じる",
    "topic.remove": "話題を消す",
    "post.write": "書きこむ（みんなの掲示板）",
    "post.write_residents": "書きこむ（住民の掲示板）",
    "post.write_staff": "書きこむ（職員の掲示板）",
    "post.change": "投稿を直す",
    "post.remove": "投稿を消す",
    "post.react": "リアクションする",
    "report.make": "通報する",
    "report.see": "通報を見る",
    "desk.see": "受付を見る",
}


def document() -> str:
    """The page about the table."""
    lines = [
        "# だれが何をできるか",
        "",
        "`tamemap/domain/permissions.py` の表そのままです（テスト `tests/domain/test_permissions.py` が見くらべます）。",
        "どれかひとつの立場に当てはまれば、できます。「本人」は貼った人・書いた人で、アカウントなしで貼ったブラウザーもふくみます。",
        "町の職員は自分の町のものだけ、圏域の管理者は自分の圏域のものだけです。ゲストのチラシを確認待ちにするかどうかは、マップごとの設定です。",
        "",
        f"| できること | 名前 | {' | '.join(COLUMNS.values())} |",
        f"|---|---|{'---|' * len(COLUMNS)}",
    ]
    for verb, may in TABLE.items():
        marks = ["○" if may & ({relation} | ALSO.get(relation, SIGNED_IN)) else "" for relation in COLUMNS]
        lines.append(f"| {WORDS[verb]} | `{verb}` | {' | '.join(marks)} |")
    return "\n".join([*lines, ""])


def test_the_documentation_says_what_the_table_says():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_relation_in_the_table_is_a_known_one():
    assert {relation for may in TABLE.values() for relation in may} <= set(COLUMNS)
    assert set(WORDS) == set(TABLE)


@pytest.mark.parametrize(
    ("actor", "ground", "found"),
    [
        (GUEST, TOWN, {"anyone"}),
        (MEMBER, TOWN, {"anyone", "member"}),
        (RESIDENT, TOWN, {"anyone", "member", "resident"}),
        (RESIDENT, REGION, {"anyone", "member"}),
        (STAFF, TOWN, {"anyone", "member", "staff"}),
        (STAFF, REGION, {"anyone", "member"}),
        (STAFF, Ground("435015", 1), {"anyone", "member"}),
        (OPERATOR, TOWN, {"anyone", "member", "operator"}),
        (OPERATOR, Ground("082228", 2), {"anyone", "member"}),
        (SYSTEM, Ground("082228", 2), {"anyone", "operator"}),
    ],
)
def test_how_somebody_stands_to_a_thing(actor, ground, found):
    assert relations(actor, ground) == found
    assert relations(actor, ground, author=True) == found | {"author"}


@pytest.mark.parametrize("verb", TABLE)
def test_an_operator_may_whatever_staff_may(verb):
    if "staff" in TABLE[verb]:
        assert "operator" in TABLE[verb]
        assert allowed(SYSTEM, verb, TOWN)


def test_somebody_who_lives_nowhere_of_ours_is_no_resident_of_a_region():
    assert "resident" not in relations(Actor(person_id=1, residence_code=None), REGION)


def test_a_guest_is_asked_to_sign_in_and_a_member_is_told_who_may():
    demand(STAFF, "flyer.decide", TOWN)
    demand(GUEST, "flyer.change", TOWN, author=True)
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        demand(GUEST, "flyer.decide", TOWN)
    with pytest.raises(Forbidden, match="not_allowed_staff_only"):
        demand(MEMBER, "flyer.decide", TOWN)
    with pytest.raises(Forbidden, match="not_allowed_here"):
        demand(MEMBER, "flyer.change", TOWN)
    with pytest.raises(KeyError):
        demand(STAFF, "flyer.burn", TOWN)
