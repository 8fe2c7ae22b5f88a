"""Two of the staff at one case at the same moment, each in a transaction of their own: one decides, the other is told."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from tamemap import db
from tamemap.errors import Conflict
from tamemap.models import Case, CaseDecision, Notice, Topic
from tamemap.services import cases, reports
from tests import factories


def at_once(*deeds):
    """Do these at the same moment; the answers, or the codes of what was refused."""

    def one(deed):
        try:
            with db.transaction(write=True) as tx:
                return deed(tx)
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result() for future in [pool.submit(contextvars.copy_context().run, one, deed) for deed in deeds]]


def waiting(world):
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.aki).public_id
        post = factories.post(tx, world.aki, talk, body="ひどいことば").public_id
        reports.make(tx, world.chie, thing="post", thing_id=post, reason="rude")
        return tx.exec(select(Case.public_id)).one(), talk


def test_of_two_who_decide_at_the_same_moment_one_decides(world):
    case, talk = waiting(world)
    wish = {"public_ids": (case,), "rule": "harassment"}
    answers = at_once(
        *(
            lambda tx, who=who, decision=decision: cases.decide(tx, who, decision=decision, **wish)
            for who, decision in ((world.ben, "remove"), (world.emi, "hold"), (world.ben, "remove"), (world.emi, "remove"))
        )
    )
    with db.transaction(write=False) as tx:
        made = tx.exec(select(CaseDecision.decision)).all()
        told = tx.exec(select(Notice.code).where(Notice.person_id == world.aki.person_id)).all()
        count = tx.exec(select(Topic.posts_count).where(Topic.public_id == talk)).one()
    # what was held first may still be removed, once
    assert made in (["remove"], ["hold", "remove"])
    assert told == [f"case_{one}" for one in made]
    assert answers.count("case_decided") == 4 - len(made)
    assert count == 1


def test_two_who_open_a_case_at_the_same_moment_both_look_and_one_name_stands(world):
    case, _ = waiting(world)
    seen = at_once(*(lambda tx, who=who: cases.look(tx, who, public_id=case) for who in (world.ben, world.emi)))
    # whoever came second saw the first
    assert sorted(one.name for one in seen) in (["", "Ben"], ["", "Emi"])
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Case.looking_by)).one() in {world.ben.person_id, world.emi.person_id}


def test_one_who_looks_while_another_decides_learns_of_it(world):
    case, _ = waiting(world)
    wish = {"public_ids": (case,), "decision": "remove", "rule": "harassment"}
    _, seen = at_once(lambda tx: cases.decide(tx, world.ben, **wish), lambda tx: cases.look(tx, world.emi, public_id=case))
    later = at_once(lambda tx: cases.look(tx, world.emi, public_id=case))[0]
    assert seen.decision in {"", "remove"}
    assert (later.name, later.decision) == ("Ben", "remove")
