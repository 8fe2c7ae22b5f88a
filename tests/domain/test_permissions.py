"""Who may do what: every actor × verb × thing, held against the matrix that the documentation prints.

A change of the rules is a change of ``docs/permissions.md``: ``python -m tests.domain.test_permissions`` writes it anew, and the
difference is what a reviewer reads.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tamemap.domain.actors import SYSTEM, Actor, Ground
from tamemap.domain.permissions import (
    OFFICE,
    PROVABLE,
    READING,
    SCOPES,
    TABLE,
    allowed,
    by_office,
    demand,
    demand_self,
    relations,
)
from tamemap.errors import Forbidden, Unauthenticated

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
HERE, NEXT = "432032", "435015"
TOWN, REGION, STRICT = Ground(HERE, 1), Ground(None, 1), Ground(HERE, 1, frozenset(PROVABLE))
ELSEWHERE = Ground("082228", 2)
GROUP = 7
GUEST = Actor()
MEMBER = Actor(person_id=1)
RESIDENT = Actor(person_id=1, residence_code=HERE)
PROVEN = Actor(person_id=1, residence_code=HERE, proved_code=HERE)
EDITOR = Actor(person_id=1, groups=frozenset({GROUP}))
OWNER = Actor(person_id=1, groups=frozenset({GROUP}), owns=frozenset({GROUP}))
CURATOR = Actor(person_id=1, staff_of=frozenset({HERE}))
LEAD = Actor(person_id=1, staff_of=frozenset({HERE}), leads=frozenset({HERE}))
NEIGHBOUR = Actor(person_id=1, staff_of=frozenset({NEXT}), leads=frozenset({NEXT}))
OPERATOR = Actor(person_id=1, operator_of=frozenset({1}))
FAR_OPERATOR = Actor(person_id=1, operator_of=frozenset({2}))
WAITING = Actor(person_id=1, waiting=True)

# whom the matrix shows: the words of the column, the actor, whether they are the thing's author
COLUMNS: tuple[tuple[str, Actor, bool], ...] = (
    ("ゲスト", GUEST, False),
    ("貼ったゲスト", GUEST, True),
    ("会員", MEMBER, False),
    ("本人", MEMBER, True),
    ("住民", RESIDENT, False),
    ("証明した住民", PROVEN, False),
    ("団体の担当", EDITOR, False),
    ("団体の代表", OWNER, False),
    ("職員", CURATOR, False),
    ("主担当", LEAD, False),
    ("たしかめる前の職員", WAITING, False),
    ("よその町の主担当", NEIGHBOUR, False),
    ("管理者", OPERATOR, False),
    ("よその圏域の管理者", FAR_OPERATOR, False),
)
THINGS: tuple[tuple[str, str, Ground], ...] = (
    ("町のもの", "人吉市のマップのチラシ、掲示板、団体など。", TOWN),
    ("圏域のもの", "広域マップの掲示板など、町をまたぐもの。町の職員も、ここではほかの会員と同じです。", REGION),
    (
        "居住の証明をもとめる町のもの",
        "マップの設定で、貼ること・話題・投稿・住民の掲示板のすべてに証明をもとめたとき。読むことには、いつも証明はいりません。",
        STRICT,
    ),
)
WORDS = {
    "flyer.post": "チラシを貼る",
    "flyer.post_as_group": "団体の名前で貼る",
    "flyer.see": "チラシを見る",
    "flyer.see_resident_face": "住民だけの項目も見る",
    "flyer.see_down": "確認待ち・取り下げ中のチラシを見る",
    "flyer.change": "チラシを直す",
    "flyer.delete": "チラシを消す",
    "flyer.place_outside": "市外にも見せる・やめる",
    "flyer.decide": "載せる・取り下げる・削除する（判断）",
    "flyer.see_history": "掲載のうつりかわりを見る",
    "board.read": "掲示板を読む",
    "board.make": "掲示板をつくる・直す・閉じる",
    "board.close_writing": "掲示板への書きこみを休みにする・再開する",
    "topic.open": "話題をつくる",
    "topic.open_theme": "お題を出す",
    "topic.close": "話題を閉じる",
    "topic.change": "話題にそえるチラシ・場所を変える",
    "topic.remove": "話題を消す",
    "topic.answer": "町の返事をする",
    "poll.open": "アンケートをつける",
    "poll.close": "アンケートを終える",
    "poll.vote": "アンケートに答える",
    "post.write": "書きこむ（みんなの掲示板）",
    "post.write_residents": "書きこむ（住民の掲示板）",
    "post.write_staff": "書きこむ（職員の掲示板）",
    "post.write_as_group": "団体の名前で書きこむ",
    "post.write_as_mascot": "マスコットとして書きこむ（えらばれた職員）",
    "post.change": "投稿を直す",
    "post.remove": "投稿を消す",
    "post.react": "リアクションする",
    "report.make": "通報する",
    "report.see": "通報を見る",
    "case.see": "通報の受付を見る",
    "case.decide": "通報について決める",
    "objection.make": "決定に異議を出す",
    "objection.decide": "異議に答える",
    "template.make": "返事のひな形をつくる",
    "post.see_held": "確認中の話題や投稿を見る",
    "me.manage": "自分のことを見る・直す・受けとる・やめる",
    "group.see": "団体のページを見る",
    "group.ask": "団体の登録をたのむ",
    "group.change": "団体のページを直す",
    "group.see_members": "団体のメンバーを見る",
    "group.invite": "団体に招く",
    "group.remove_member": "団体からはずす",
    "group.hand_over": "団体の代表をかえる",
    "group.close": "団体を閉じる",
    "group.decide": "団体の登録を決める",
    "group.make_token": "団体のアクセストークンをつくる",
    "desk.see": "受付を見る",
    "staff.see": "職員の一覧を見る",
    "staff.invite": "職員を招く",
    "staff.change": "職員の役割を変える・終える",
    "residence_code.see": "住民コードを見る・印刷する",
    "residence_code.make": "住民コードをつくる",
    "care.set": "自動の見守りのきまりを決める",
    "map.set": "マップの設定を変える",
    "town.make_token": "町のアクセストークンをつくる",
    "mascot.see": "町のマスコットの一覧を見る",
    "mascot.make": "町のマスコットをつくる・書ける職員を決める",
    "audit.read": "作業の記録を読む",
}
# a program's token: of a group, of a town, by scope
TOKENS: tuple[tuple[str, Actor], ...] = tuple(
    (f"{words}・`{scope or '読むだけ'}`", Actor(person_id=1, scopes=frozenset({scope} - {""}), **of))
    for words, of in (
        ("団体", {"groups": frozenset({GROUP})}),
        ("町", {"staff_of": frozenset({HERE})}),
    )
    for scope in ("", *SCOPES)
)
HEAD = """# だれが何をできるか

この表は `tamemap/domain/permissions.py` からつくられたものです。
テスト `tests/domain/test_permissions.py` が、すべての立場・こと・ものについて見くらべます。
きまりを変えたら `python -m tests.domain.test_permissions` で書きなおし、
変わったところを見てください。

- **本人** は貼った人・書いた人です。アカウントなしで貼った人は、そのブラウザーで本人です。
- **団体の担当・代表** は、その団体の名前で出したものについてです。
- **職員**（担当）と **主担当** は自分の町のものだけ、**管理者** は自分の圏域のものだけです。
- **たしかめる前の職員** は、パスキーかメールの数字を 12 時間のうちに見せていない職員と管理者です。それまでは、ふつうの会員です。
- ゲストのチラシを確認待ちにするかどうかは、マップごとの設定です。
- できないときは、何があればできるかをお伝えします（サインイン、居住の証明、団体の代表、主担当など）。
- 職員・主担当・管理者の立場だけでしたことは、すべて作業の記録に残ります。
"""


def _table(names: list[str], cells) -> list[str]:
    lines = [f"| できること | 名前 | {' | '.join(names)} |", f"|---|---|{'---|' * len(names)}"]
    for verb in TABLE:
        marks = ["○" if may else "" for may in cells(verb)]
        lines.append(f"| {WORDS[verb]} | `{verb}` | {' | '.join(marks)} |")
    return [*lines, ""]


def document() -> str:
    """The page: the rules as everybody meets them."""
    lines = [HEAD]
    for name, words, ground in THINGS:
        lines += [f"## {name}", "", words, ""]
        lines += _table(
            [column for column, _, _ in COLUMNS],
            lambda verb, ground=ground: [
                allowed(actor, verb, ground, author=author, group_id=GROUP) for _, actor, author in COLUMNS
            ],
        )
    lines += [
        "## プログラムのアクセストークン",
        "",
        "団体や町のプログラムが使うトークンは、持ち主の団体・町ができることのうち、範囲（スコープ）の中だけをできます。",
        "アカウント、団体の人、職員のことは、トークンではできません。",
        "",
        *_table(
            [column for column, _ in TOKENS], lambda verb: [allowed(actor, verb, TOWN, group_id=GROUP) for _, actor in TOKENS]
        ),
    ]
    return "\n".join(lines)


def test_the_documentation_says_what_the_table_does():
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_every_verb_has_words_and_every_relation_is_a_known_one():
    assert set(WORDS) == set(TABLE)
    known = {"anyone", "member", "author", "resident", "proven", "editor", "owner"} | OFFICE
    assert {relation for may in TABLE.values() for relation in may} <= known
    assert {verb for verbs in [*SCOPES.values(), *PROVABLE.values(), READING] for verb in verbs} <= set(TABLE)


@pytest.mark.parametrize(
    ("actor", "ground", "found"),
    [
        (GUEST, TOWN, {"anyone"}),
        (MEMBER, TOWN, {"anyone", "member"}),
        (RESIDENT, TOWN, {"anyone", "member", "resident"}),
        (RESIDENT, REGION, {"anyone", "member"}),
        (PROVEN, TOWN, {"anyone", "member", "resident", "proven"}),
        (PROVEN, Ground(NEXT, 1), {"anyone", "member"}),
        (CURATOR, TOWN, {"anyone", "member", "staff"}),
        (LEAD, TOWN, {"anyone", "member", "staff", "lead"}),
        (LEAD, REGION, {"anyone", "member"}),
        (NEIGHBOUR, TOWN, {"anyone", "member"}),
        (OPERATOR, TOWN, {"anyone", "member", "operator"}),
        (OPERATOR, ELSEWHERE, {"anyone", "member"}),
        (EDITOR, TOWN, {"anyone", "member"}),
        (SYSTEM, ELSEWHERE, {"anyone", "operator"}),
    ],
)
def test_how_somebody_stands_to_a_thing(actor, ground, found):
    assert relations(actor, ground) == found
    assert relations(actor, ground, author=True) == found | {"author"}


def test_a_group_is_ones_own_only():
    assert relations(EDITOR, TOWN, group_id=GROUP) == {"anyone", "member", "editor"}
    assert relations(OWNER, TOWN, group_id=GROUP) == {"anyone", "member", "owner"}
    assert relations(OWNER, TOWN, group_id=GROUP + 1) == {"anyone", "member"}


@pytest.mark.parametrize("verb", TABLE)
def test_an_operator_may_whatever_staff_may_and_a_lead_whatever_a_curator_may(verb):
    if TABLE[verb] & OFFICE:
        assert "operator" in TABLE[verb]
        assert allowed(SYSTEM, verb, TOWN)
        assert allowed(LEAD, verb, TOWN)
    assert allowed(LEAD, verb, TOWN) >= allowed(CURATOR, verb, TOWN)


@pytest.mark.parametrize("verb", sorted(READING))
def test_reading_never_needs_proof(verb):
    assert allowed(GUEST, verb, STRICT)


def test_what_is_done_by_office_alone_is_known_as_such():
    assert by_office(CURATOR, "flyer.change", TOWN)
    assert not by_office(CURATOR, "flyer.change", TOWN, author=True)
    assert not by_office(
        Actor(person_id=1, staff_of=frozenset({HERE}), groups=frozenset({GROUP})), "flyer.change", TOWN, group_id=GROUP
    )
    assert not by_office(CURATOR, "post.write", TOWN)
    assert not by_office(NEIGHBOUR, "flyer.change", TOWN)
    # where proof is asked for, staff write as staff
    assert by_office(CURATOR, "post.write", STRICT)


@pytest.mark.parametrize(
    ("actor", "verb", "ground", "error", "code"),
    [
        (GUEST, "flyer.decide", TOWN, Unauthenticated, "sign_in_first"),
        (GUEST, "post.write", TOWN, Unauthenticated, "sign_in_first"),
        (WAITING, "flyer.decide", TOWN, Unauthenticated, "desk_needs_proof"),
        (MEMBER, "flyer.decide", TOWN, Forbidden, "not_allowed_staff_only"),
        (NEIGHBOUR, "flyer.decide", TOWN, Forbidden, "not_allowed_staff_only"),
        (CURATOR, "staff.invite", TOWN, Forbidden, "not_allowed_lead_only"),
        (MEMBER, "post.write_residents", TOWN, Forbidden, "not_allowed_residents_only"),
        (RESIDENT, "post.write", STRICT, Forbidden, "not_allowed_proof_only"),
        (RESIDENT, "flyer.post", STRICT, Forbidden, "not_allowed_proof_only"),
        (EDITOR, "group.invite", TOWN, Forbidden, "not_allowed_owner_only"),
        (MEMBER, "flyer.post_as_group", TOWN, Forbidden, "not_allowed_group_only"),
        (MEMBER, "flyer.change", TOWN, Forbidden, "not_allowed_here"),
        (Actor(person_id=1, scopes=frozenset({"boards"})), "flyer.change", TOWN, Forbidden, "token_scope_missing"),
    ],
)
def test_a_denial_says_what_would_be_needed(actor, verb, ground, error, code):
    with pytest.raises(error, match=f"^{code}$"):
        demand(actor, verb, ground, group_id=GROUP)


def test_a_verb_that_nobody_knows_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        demand(CURATOR, "flyer.burn", TOWN)


def test_oneself_is_a_person_who_is_signed_in():
    assert demand_self(MEMBER) == 1
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        demand_self(GUEST)
    with pytest.raises(Forbidden, match="token_scope_missing"):
        demand_self(Actor(person_id=1, scopes=frozenset(SCOPES)))


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
