"""The reply clock with all its effects, and a change of state, measured on the real objects."""

from datetime import date
from types import SimpleNamespace
from typing import Final

from bench.measure import Benchmark, Contender
from rules import calendar
from rules.words import AgencyKind
from workflow.agency import Agency, Policy
from workflow.case import Case, Clock, Consultation
from workflow.clock import reply_due
from workflow.commands import Accept, Applicant, Item
from workflow.machine import MACHINE, Branch, follow, permit
from workflow.proof import proof
from workflow.vocabulary import ApplicantKind, Channel, ConsultationKind, Role, State
from workflow.world import World

ROUNDS: Final = 300
RECEIVED: Final = date(2020, 9, 14)


def a_reply_clock() -> Benchmark:
    """Three consultations and one extension, with and without the printed proof."""
    case, world = _case(), _world()

    def due() -> None:
        for _ in range(ROUNDS):
            reply_due(case, world)

    def proved() -> None:
        for _ in range(ROUNDS):
            proof(case, world)

    return Benchmark(
        title="a reply clock with 3 consultations and 1 extension",
        ours=Contender("workflow.clock.reply_due", due, ROUNDS),
        rivals=(Contender("with its day-by-day proof", proved, ROUNDS),),
        at_least=None,
        aim="≤ 60 µs without, ≤ 500 µs with the proof",
        note="No peer has one.",
    )


def a_change_of_state() -> Benchmark:
    """The compiled step table against the shared machine it was compiled from."""
    do = Accept.do
    trigger = MACHINE.events[do].trigger

    def table() -> None:
        for _ in range(ROUNDS):
            permit(State.RECEIVED, do, Role.OFFICER)
            follow(State.RECEIVED, do, Branch.ALWAYS)

    def machine() -> None:
        for _ in range(ROUNDS):
            trigger(SimpleNamespace(state=State.RECEIVED), Branch.ALWAYS)

    return Benchmark(
        title="a state change in memory",
        ours=Contender("compiled step table, role asked", table, ROUNDS),
        rivals=(Contender("transitions, throw-away marker", machine, ROUNDS),),
        at_least=4,
        aim="≤ 5 µs",
        note="One shared machine, no model kept.",
    )


def _world() -> World:
    agency = Agency(
        key="county",
        name="某县人民政府",
        kind=AgencyKind.COUNTY_GOVERNMENT,
        code="某政公",
        disclosure_office="某县人民政府办公室",
    )
    return World(calendar=calendar(), agency=agency, policy=Policy(), today=date(2020, 12, 31))


def _case() -> Case:
    asked = (
        (ConsultationKind.THIRD_PARTY, date(2020, 9, 16), date(2020, 9, 23)),
        (ConsultationKind.JOINT_MAKER, date(2020, 9, 21), None),
        (ConsultationKind.OTHER_AGENCY, date(2020, 10, 20), date(2020, 10, 28)),
    )
    return Case(
        number="一号",
        agency="county",
        state=State.PROCESSING,
        channel=Channel.IN_PERSON,
        on=RECEIVED,
        received_on=RECEIVED,
        applicants=(Applicant(kind=ApplicantKind.NATURAL_PERSON, name="王某"),),
        items=(Item(title="方案"),),
        last_on=RECEIVED,
        clock=Clock(start=RECEIVED, extended_by=20),
        consultations=tuple(
            Consultation(
                number=n,
                kind=kind,
                party="甲",
                items=(1,),
                sent_on=received,
                received_on=received,
                answered_on=answered,
            )
            for n, (kind, received, answered) in enumerate(asked, 1)
        ),
    )
