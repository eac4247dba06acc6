"""The reply: search, draft, review, approval, issue; and the answer on the spot (33, 36, 37)."""

from dataclasses import replace
from typing import Any, Final

from rules.words import Force, Outcome
from workflow import commands as c
from workflow.case import Authorization, Case, Draft, Reply, Search, Sending, altered
from workflow.clock import law_of, running_due
from workflow.decision import Decision
from workflow.digest import digest_of
from workflow.errors import Refused
from workflow.exemption import blocking, check
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.people import Actor
from workflow.step import (
    Effects,
    Guards,
    Step,
    known_items,
    refuse_unless,
    the,
    warning,
    zh,
)
from workflow.vocabulary import DeliveryResult, SendMethod
from workflow.world import World

Findings = tuple[Finding, ...]


def _may_search(case: Case, command: c.RecordSearch, _step: Step) -> Findings:
    known_items(case, command.items, "36(4)")
    refuse_unless(
        command.places and command.keywords and command.result.strip(),
        "search_incomplete",
        "检索记录没有写全检索范围、关键词和结果，不能证明尽到查找义务。",
        "36(4)",
        "请填写 places、keywords 和 result。",
    )
    return ()


def _may_authorize(case: Case, command: c.AuthorizeGround, _step: Step) -> Findings:
    known_items(case, (command.item,), "16")
    force = law_of(case).grounds[command.ground].force
    refuse_unless(
        force is Force.DISCRETIONARY,
        "not_discretionary",
        f"“{command.ground.label}”不是可以裁量的理由，无须批准适用。",
        "16",
        "只有第十六条规定的内部事务信息、过程性信息、行政执法案卷信息需要批准适用。",
    )
    refuse_unless(
        command.label.strip() and command.reasons.strip(),
        "reason_missing",
        "批准适用裁量性理由应当写明内容部分和理由。",
        "16",
        "请填写 label 和 reasons。",
    )
    return ()


def _checked(case: Case, decisions: tuple[Decision, ...], step: Step) -> Findings:
    """Run the minimal-exemption check as of the day of the step; refuse what it blocks."""
    found = check(case, decisions, step.world)
    if not blocking(found):
        return found
    stops = [f for f in found if f.severity == "block"]
    again = any(f.code == "same_again" for f in stops)
    what = "；".join(f.message.rstrip("。") for f in stops)
    raise Refused(
        code="same_again" if again else "blocked_by_check",
        message=f"不予公开最小化审查未通过，共{len(stops)}处：{what}。",
        article=stops[0].article,
        mend=stops[0].mend,
        findings=found,
    )


def _may_draft(case: Case, command: c.DraftReply, step: Step) -> Findings:
    return _checked(case, command.decisions, step)


def _may_recall_draft(case: Case, _command: c.RecallDraft, step: Step) -> Findings:
    drafter = the(case.draft).by
    refuse_unless(
        step.actor.person == drafter.person,
        "wrong_person",
        "只有拟稿人本人可以撤回拟稿。",
        "45",
        "请由拟稿人撤回，或者由审核人退回修改。",
    )
    return ()


def _comments_given(command: c.ReturnReply | c.RecallReply, what: str) -> None:
    refuse_unless(
        command.comments.strip() or command.reason.strip(),
        "reason_missing",
        f"{what}没有写明意见或者理由。",
        "45",
        "请填写 comments 或者 reason，让经办人知道改什么。",
    )


def _may_return(_case: Case, command: c.ReturnReply, _step: Step) -> Findings:
    _comments_given(command, "退回修改")
    return ()


def _four_eyes(case: Case, actor: Actor, what: str) -> None:
    refuse_unless(
        actor.person not in case.drafters,
        "own_draft",
        f"{actor.person}参与了本次答复的拟稿，不能{what}。",
        "17.1",
        f"请由没有参与拟稿的人{what}。",
    )


def with_digest(case: Case | None, command: c.Command) -> c.Command:
    """Return a review or approval bound to the draft as it stands; any other command unchanged."""
    reads = isinstance(command, (c.PassReview, c.ApproveReply)) and not command.draft_digest
    if not reads or case is None or case.draft is None:
        return command
    bound: Any = {"draft_digest": case.draft.digest}
    return replace(command, **bound)


def _may_review(case: Case, command: c.PassReview, step: Step) -> Findings:
    _four_eyes(case, step.actor, "审核")
    _bound(the(case.draft), command.draft_digest)
    return ()


def _bound(draft: Draft, *seen: str) -> None:
    refuse_unless(
        {draft.digest, *filter(None, seen)} == {digest_of(draft.decisions)},
        "draft_changed",
        "拟稿内容与审核时不一致。",
        "45",
        "请退回修改后重新审核、审批。",
    )


def _may_approve(case: Case, command: c.ApproveReply, step: Step) -> Findings:
    draft = the(case.draft)
    _four_eyes(case, step.actor, "审批")
    reviewer = the(draft.reviewed_by)
    refuse_unless(
        step.actor.person != reviewer.person or step.world.agency.office_of_two,
        "own_review",
        f"{step.actor.person}是本稿的审核人，不能再审批。",
        "17.1",
        "请由其他负责人审批；确实只有两人的单位，可在 config.toml 中设 office_of_two = true。",
    )
    _superior(step)
    _bound(draft, draft.reviewed_digest, command.draft_digest)
    return _checked(case, draft.decisions, step)


def _superior(step: Step) -> None:
    named = step.world.agency.superior_head
    refuse_unless(
        not named or step.actor.person == named,
        "not_the_superior",
        f"本单位只有一人，答复由上级单位负责人{named}审批。",
        "17.1",
        f"请由{named}审批；人员变动的，修改 config.toml 的 superior_head。",
    )


def _may_issue(case: Case, _command: c.IssueReply, step: Step) -> Findings:
    draft = the(case.draft)
    _bound(draft, draft.reviewed_digest, draft.approved_digest)
    return _checked(case, draft.decisions, step)


def _may_recall_reply(_case: Case, command: c.RecallReply, _step: Step) -> Findings:
    _comments_given(command, "收回答复书")
    return ()


def _may_answer_at_once(case: Case, command: c.AnswerOnTheSpot, step: Step) -> Findings:
    cleared = step.world.agency.cleared
    for decision in command.decisions:
        ready = decision.outcome is Outcome.ALREADY_PUBLIC or (
            decision.outcome is Outcome.DISCLOSE
            and 1 <= decision.item <= len(case.items)
            and case.item(decision.item).name in cleared
        )
        refuse_unless(
            ready,
            "not_on_the_spot",
            f"第{decision.item}项不能当场答复：当场只能告知已主动公开的信息，或者提供清单内可当场公开的信息。",
            "33.1",
            "请受理后按程序拟稿、审核、审批。",
        )
    return (*_checked(case, command.decisions, step), *lateness(case, step))


def lateness(case: Case, step: Step) -> Findings:
    """Return the finding of a reply that leaves after its day; lateness never refuses (X24)."""
    due = the(running_due(case, step.world))
    if step.on <= due.on:
        return ()
    days = step.world.calendar.count(due.on, step.on)
    how_late = f"逾期{days}个工作日" if days else "已经逾期"
    return (
        warning(
            "late",
            f"答复期限为{zh(due.on)}，{zh(step.on)}才送出，{how_late}。",
            "33.2",
            "已如实记录为逾期，并告知负责人和主管部门；逾期不影响答复送出。",
            "X24",
        ),
    )


GUARDS: Final[Guards] = {
    c.RecordSearch: _may_search,
    c.AuthorizeGround: _may_authorize,
    c.DraftReply: _may_draft,
    c.RecallDraft: _may_recall_draft,
    c.ReturnReply: _may_return,
    c.PassReview: _may_review,
    c.ApproveReply: _may_approve,
    c.IssueReply: _may_issue,
    c.RecallReply: _may_recall_reply,
    c.AnswerOnTheSpot: _may_answer_at_once,
}


def _searched(case: Case, command: c.RecordSearch, fact: Fact, _world: World) -> Case:
    search = Search(
        on=fact.on,
        by=fact.actor,
        items=command.items or tuple(range(1, len(case.items) + 1)),
        places=command.places,
        keywords=command.keywords,
        methods=command.methods,
        result=command.result,
        clues=command.clues,
    )
    return altered(case, searches=(*case.searches, search))


def _authorized(case: Case, command: c.AuthorizeGround, fact: Fact, _world: World) -> Case:
    leave = Authorization(
        item=command.item,
        label=command.label,
        ground=command.ground,
        reasons=command.reasons,
        by=fact.actor,
        on=fact.on,
    )
    return altered(case, authorizations=(*case.authorizations, leave))


def _drafted(case: Case, command: c.DraftReply, fact: Fact, _world: World) -> Case:
    draft = Draft(
        decisions=command.decisions,
        digest=digest_of(command.decisions),
        by=fact.actor,
        on=fact.on,
    )
    return altered(case, draft=draft, drafters=case.drafters | {fact.actor.person})


def _draft_void(case: Case, _command: c.Command, _fact: Fact, _world: World) -> Case:
    return altered(case, draft=None)


def _reviewed(case: Case, command: c.PassReview, fact: Fact, _world: World) -> Case:
    draft = replace(
        the(case.draft),
        reviewed_by=fact.actor,
        reviewed_on=fact.on,
        review_opinion=command.opinion,
        reviewed_digest=command.draft_digest,
    )
    return altered(case, draft=draft)


def _approved(case: Case, command: c.ApproveReply, fact: Fact, _world: World) -> Case:
    draft = replace(
        the(case.draft),
        approved_by=fact.actor,
        approved_on=fact.on,
        approved_digest=command.draft_digest,
    )
    return altered(case, draft=draft)


def _number_of(fact: Fact) -> str:
    return next((p.number for p in fact.papers if p.kind == "reply"), "")


def _issued(case: Case, _command: c.IssueReply, fact: Fact, _world: World) -> Case:
    reply = Reply(draft=the(case.draft), issued_on=fact.on, number=_number_of(fact))
    return altered(case, replies=(*case.replies, reply))


def change_reply(case: Case, **changes: Any) -> Case:  # noqa: ANN401 - as dataclasses.replace
    """Return the case with the standing reply changed."""
    return altered(case, replies=(*case.replies[:-1], replace(case.replies[-1], **changes)))


def _recalled(case: Case, command: c.RecallReply, fact: Fact, _world: World) -> Case:
    why = command.reason or command.comments
    return altered(change_reply(case, void_on=fact.on, void_reason=why), draft=None)


def _answered_at_once(case: Case, command: c.AnswerOnTheSpot, fact: Fact, world: World) -> Case:
    due = running_due(case, world.on(fact.on))
    draft = Draft(
        decisions=command.decisions,
        digest=digest_of(command.decisions),
        by=fact.actor,
        on=fact.on,
    )
    handed = Sending(
        on=fact.on,
        method=SendMethod.IN_PERSON,
        result=DeliveryResult.DELIVERED,
        result_on=fact.on,
    )
    reply = Reply(
        draft=draft,
        issued_on=fact.on,
        number=_number_of(fact),
        due_on=due.on if due else None,
        sendings=(handed,),
        on_the_spot=True,
    )
    return altered(case, replies=(*case.replies, reply))


EFFECTS: Final[Effects] = {
    c.RecordSearch: _searched,
    c.AuthorizeGround: _authorized,
    c.DraftReply: _drafted,
    c.RecallDraft: _draft_void,
    c.ReturnReply: _draft_void,
    c.PassReview: _reviewed,
    c.ApproveReply: _approved,
    c.IssueReply: _issued,
    c.RecallReply: _recalled,
    c.AnswerOnTheSpot: _answered_at_once,
}
