"""Moves and laws of the duties beside the reply: 17.3, 18, 44.2 and the defence (51)."""

from collections.abc import Iterator
from typing import Final

from tests.process.model_oracle import facts_of, withholds
from tests.process.model_taken import Laws, Taken, items_known, text
from workflow import commands as c
from workflow.case import Case
from workflow.clock import challenge_answer_deadline
from workflow.vocabulary import ChallengeKind, Reassessment

DUTIES: Final = Laws()


def duties(case: Case) -> Iterator[c.Command]:
    """Yield the moves, good and bad."""
    for items in ((), (9,)):
        yield c.ReferForDetermination(body="县保密局", question="能否公开", items=items)
    yield c.ReferForDetermination(body="县保密局", question=" ")
    for result in ("可以公开", " "):
        yield c.RecordDetermination(result=result)
    keep = Reassessment.KEEP
    for reason in ("情势没有变化", " "):
        yield c.Reassess(result=keep, reason=reason)
    for item in (len(case.items), 9):
        yield c.Reassess(result=Reassessment.DISCLOSE, reason="已过时效", items=(item,))
    yield c.AnswerSuggestion(accepted=True, reason="公众普遍关心", where="政府网站")
    yield c.AnswerSuggestion(accepted=True, reason="公众普遍关心")
    if len(case.challenges) < 2:
        yield c.RecordChallenge(
            kind=ChallengeKind.LITIGATION, body="某法院", copy_received_on=case.last_on
        )
    for number in (1, 2, 9):
        yield c.AnswerChallenge(challenge=number, points=("程序合法",), evidence=("登记表",))
    for number in (1, 2):
        yield c.AnswerChallenge(challenge=number, points=(), evidence=("登记表",))


@DUTIES.of(c.ReferForDetermination)
def _referred(t: Taken) -> object:
    return items_known(t.b, t.m.items) and text(t.m.body, t.m.question)


@DUTIES.of(c.RecordDetermination)
def _determined(t: Taken) -> object:
    asked = len(facts_of(t.b, c.ReferForDetermination))
    return asked > len(facts_of(t.b, c.RecordDetermination)) and text(t.m.result)


@DUTIES.of(c.Reassess)
def _reassessed(t: Taken) -> object:
    standing = [r for r in t.b.replies if r.void_on is None][-1:]
    decided = [d for r in standing for d in r.draft.decisions]
    looked_at = [d for d in decided if not t.m.items or d.item in t.m.items]
    return items_known(t.b, t.m.items) and text(t.m.reason) and withholds(tuple(looked_at))


@DUTIES.of(c.AnswerSuggestion)
def _suggested(t: Taken) -> object:
    return text(t.m.reason) and (text(t.m.where) or not t.m.accepted)


@DUTIES.of(c.AnswerChallenge)
def _defended(t: Taken) -> object:
    known = [x for x in t.b.challenges if x.number == t.m.challenge]
    before = [f.command for f in facts_of(t.b, c.AnswerChallenge)]
    once = all(x.challenge != t.m.challenge for x in before if isinstance(x, c.AnswerChallenge))
    due = challenge_answer_deadline(known[0], t.move.world.calendar) if known else None
    late = "defence_late" in {f.code for f in t.findings}
    return (
        once and due is not None and bool(t.m.points and t.m.evidence) and late is (t.on > due.on)
    )
