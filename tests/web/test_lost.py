"""Addresses where nothing is: a person is led on, a program is told briefly."""

from __future__ import annotations

import pytest

from tests.web.pages import read

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


WORDS = {"": "このアドレスには何もありません。", "?lang=en": "There is nothing at this address."}


@pytest.mark.parametrize(("asked", "sentence"), WORDS.items())
def test_chie_at_a_wrong_address_reads_so_in_her_language_and_finds_the_maps(world, visit, asked, sentence):
    answer = visit().get(f"/nowhere/at-all{asked}", headers=HTML)
    assert answer.status_code == 404
    assert answer.headers["x-robots-tag"] == "noindex"
    page = read(answer)
    assert page.one("h1").text == sentence
    assert f"/m/hitoyoshi{asked}" in {link["href"] for link in page.all("a")}


def test_a_page_that_says_itself_what_is_not_there_is_left_to_say_it(world, visit):
    page = read(visit().get("/m/atlantis", headers=HTML))
    assert page.one("h1").text == "その地図はありません。"


def test_a_picture_that_is_not_there_costs_no_page(world, visit):
    answer = visit().get("/nowhere.png", headers={"Accept": "image/avif,image/*"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/plain; charset=utf-8")


def test_a_program_at_a_wrong_address_of_the_api_reads_a_problem_even_in_a_browser(world, visit):
    answer = visit().get("/api/v1/nowhere", headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("asked", ["/nowhere", "/m/atlantis", "/g/atlantis", "/invitation"])
def test_only_what_hung_on_a_board_is_said_to_have_been_taken_down(world, visit, asked):
    over = "はがされた"
    assert over not in read(visit(world.aki).get(asked, headers=HTML)).text
    assert over in read(visit().get("/f/nowhere", headers=HTML)).text
