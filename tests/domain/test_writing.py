"""Tidy text and safe Markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamemap.domain.writing import check_text, excerpt, reference, render_markdown, tidied
from tamemap.errors import Invalid

REL = 'rel="nofollow ugc noopener"'


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  あき　まつり\n ", "あき まつり"), ("か\u3099", "が"), ("a\u200bb\ufeffc\u2060d\u00ade", "abcde"),
     ("\u202eabc\u2066d\u200f", "abcd"), ("a\x00b\x1bc\x7f", "abc"), ("\u3164\u115f", ""), ("葛\U000e0100城", "葛\U000e0100城"),
     ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"), ("👩🏽\u200d🌾", "👩🏽\u200d🌾"), ("あ\u200dい", "あい"), ("x\ud800y", "xy")],
)  # fmt: skip
def test_a_line_is_tidied(typed, kept):
    assert tidied(typed) == kept


def test_lines_stay_lines_where_they_may():
    assert tidied(" 一\r\n二\r三\u2028四\n", lines=True) == "一\n二\n三\n四"


def test_the_length_is_that_of_the_tidied_text():
    assert check_text("あ" * 80 + "\u200b", field="title", limit=80) == "あ" * 80
    with pytest.raises(Invalid) as refused:
        check_text("あ" * 81, field="title", limit=80)
    assert [(error.field, error.code, error.params) for error in refused.value.errors] == [
        ("title", "text_too_long", {"limit": 80, "over": 1})
    ]


@pytest.mark.parametrize("typed", ["", " \n ", "\u200b", None, 7, ["a"]])
def test_nothing_is_said_to_be_nothing(typed):
    with pytest.raises(Invalid) as refused:
        check_text(typed, field="body", limit=10)
    assert refused.value.code == "text_empty"


def test_a_megabyte_is_refused_without_reading_it():
    with pytest.raises(Invalid) as refused:
        check_text("あ" * 1_000_000, field="body", limit=10)
    assert refused.value.code == "text_too_long"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("一行目\n二行目", "<p>一行目<br>\n二行目</p>"),
        ("**太い** *斜め* `x<y`", "<p><strong>太い</strong> <em>斜め</em> <code>x&lt;y</code></p>"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>"),
        ("3. 三", '<ol start="3">\n<li>三</li>\n</ol>'),
        ("> 引用", "<blockquote>\n<p>引用</p>\n</blockquote>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("# 見出し", "<p># 見出し</p>"),
        ("---", "<p>---</p>"),
        ("<b onclick=x>太い</b>", "<p>&lt;b onclick=x&gt;太い&lt;/b&gt;</p>"),
        ("![絵](https://a.jp/x.png)", f'<p>!<a href="https://a.jp/x.png" {REL}>絵</a></p>'),
        ('[市](https://a.jp "題")', f'<p><a href="https://a.jp" {REL}>市</a></p>'),
        ("[市](/f/x)", "<p>[市](/f/x)</p>"),
        ("[市](javascript:alert(1))", "<p>[市](javascript:alert(1))</p>"),
        ("<data:text/html,x>", "<p>&lt;data:text/html,x&gt;</p>"),
        ("<aki@example.jp>", f'<p><a href="mailto:aki@example.jp" {REL}>aki@example.jp</a></p>'),
        ("https://a.jp/秋にどうぞ", f'<p><a href="https://a.jp/" {REL}>https://a.jp/</a>秋にどうぞ</p>'),
        ("（https://a.jp/x）。", f'<p>（<a href="https://a.jp/x" {REL}>https://a.jp/x</a>）。</p>'),
        ("`https://a.jp`", "<p><code>https://a.jp</code></p>"),
        ("www.a.jp aki@example.jp", "<p>www.a.jp aki@example.jp</p>"),
    ],
)
def test_markdown_becomes_plain_html(markdown, html):
    assert render_markdown(markdown) == html


@given(st.text(alphabet="<>&\"'`*_[]()!#-:/.\n \\ahtpsjvcrioem;=1あ", max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_words_become_a_tag_of_their_own(text):
    tags = re.findall(r"<(/?\w+)([^>]*)>", render_markdown(text))
    assert {name.strip("/") for name, _ in tags} <= {
        "p",
        "br",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "a",
    }
    for name, rest in tags:
        allowed = {"a": r' href="(https?:|mailto:)[^"]+" ' + re.escape(REL), "ol": r'( start="\d+")?'}.get(name, "")
        assert re.fullmatch(allowed, rest, re.IGNORECASE)


def test_the_excerpt_is_plain_and_short():
    html = render_markdown("**あ** &lt;b>\nい\n\n" + "う" * 200)
    assert excerpt(html) == "あ <b> い " + "う" * 71 + "…"
    assert len(excerpt(html)) == 80
    assert excerpt("<p>みじかい</p>") == "みじかい"


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-2_X", "abc-2_X"), ("a\x00b", ""), ("a/b", ""), ("", ""), (None, ""), (5, ""), ("a" * 61, "")]
)
def test_a_reference_from_outside_is_safe_to_look_up(given, kept):
    assert reference(given) == kept
