"""Names that are called in what people write: the right ones, at the right places, and nothing but a strong word of it."""

from __future__ import annotations

import pytest

from tamemap.domain.calling import renamed
from tamemap.domain.writing import check_text, render_calling


@pytest.mark.parametrize(
    ("text", "names", "html", "called"),
    [
        ("@Aki どうも", {"Aki"}, "<p><strong>@Aki</strong> どうも</p>", ("Aki",)),
        ("＠花子さん、@Akiko も", {"花子", "Aki"}, "<p><strong>@花子</strong>さん、@Akiko も</p>", ("花子",)),
        ("@山田　花子さん", {"山田", "山田 花子"}, "<p><strong>@山田 花子</strong>さん</p>", ("山田 花子",)),
        ("@B と @A と @B", {"A", "B"}, "<p><strong>@B</strong> と <strong>@A</strong> と <strong>@B</strong></p>", ("B", "A")),
        ("mail@Aki です `@Aki`", {"Aki"}, "<p>mail@Aki です <code>@Aki</code></p>", ()),
        ("*@Aki* です", {"Aki"}, "<p><em><strong>@Aki</strong></em> です</p>", ("Aki",)),
        ("@a_b です", {"a_b"}, "<p><strong>@a_b</strong> です</p>", ("a_b",)),
        ("@.* です", {".*"}, "<p><strong>@.*</strong> です</p>", (".*",)),
        ("@Aki", set(), "<p>@Aki</p>", ()),
    ],
)
def test_who_is_called(text, names, html, called):
    assert render_calling(text, names) == (html, called)


def test_a_link_stays_a_link():
    html, called = render_calling("[@Aki](https://example.jp/@Aki) https://example.jp/@Aki", {"Aki"})
    assert called == ()
    assert "<strong>" not in html


def test_a_hostile_name_stays_words():
    name = check_text("<img src=x onerror=alert(1)>\u202e\u200b&\"'", field="name", limit=60)
    html, _ = render_calling(f"@{name} <script>alert(1)</script>", {name})
    assert "<img" not in html
    assert "<script" not in html
    assert "\u202e" not in html


def test_a_flood_of_signs_is_read_quickly_and_finds_nobody():
    assert render_calling("@" * 8000, {"Aki", "花子"})[1] == ()
    assert render_calling("@Aki " * 1600, {"Aki"})[1] == ("Aki",)


def test_a_name_is_taken_out_and_longer_ones_stay():
    said = "@Aki と ＠Aki と @Aki B と @Akiko と Aki"
    assert renamed(said, "Aki", {"Aki B"}, "（だれか）") == "@（だれか） と @（だれか） と @Aki B と @Akiko と Aki"
