"""Counting: every figure is the list of its cases, for the whole and for any grouping of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from gongkai.store.outcomes import GIVEN, NONE, OTHER, PARTLY, REFUSED
from rules.words import Ground, Outcome

#: What requests can be grouped by.
GROUND: Final = "ground"
DIMENSIONS: Final = (GROUND, "agency", "officer", "month", "topic")

#: Answers that give something or cite a ground; every other one is a way out besides the grounds.
_NO_WAY_OUT: Final = frozenset(
    {Outcome.DISCLOSE, Outcome.ALREADY_PUBLIC, Outcome.PARTLY_DISCLOSE, Outcome.WITHHOLD}
)
_RANK: Final = {ground.value: place for place, ground in enumerate(Ground)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A challenge: the grounds it attacks, and whether the agency did not prevail."""

    grounds: frozenset[str]
    overturned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the rows of a case say of it."""

    number: str
    agency: str
    answered_on: date
    outcome: str
    late: bool
    officer: str = ""
    topics: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    #: The grounds on which something is withheld, and those weighed for something that is given.
    withheld: frozenset[str] = frozenset()
    considered: frozenset[str] = frozenset()
    attacks: tuple[Attack, ...] = ()
    #: How far each of its grounds binds the agency under the law of the request.
    forces: Mapping[str, str] = field(default_factory=dict)

    @property
    def cited(self) -> frozenset[str]:
        """The grounds cited, or that there are none."""
        return self.withheld or frozenset({NONE})

    def cites(self, ground: str | None) -> bool:
        """Whether it falls under ``ground``; None asks for no ground in particular."""
        return ground is None or ground in self.cited

    def attacked(self, ground: str | None, *, overturned: bool = False) -> bool:
        """Whether ``ground`` was challenged in it, and, where asked, fell."""
        return any(
            (ground is None or ground in attack.grounds) and attack.overturned >= overturned
            for attack in self.attacks
        )

    @property
    def ways_out(self) -> frozenset[str]:
        """The answers besides the grounds."""
        return frozenset(self.answers) - _NO_WAY_OUT


_Figure = Callable[[Request, str | None], bool]


def _of(outcome: str) -> _Figure:
    return lambda request, ground: request.cites(ground) and request.outcome == outcome


def _partly_withheld(request: Request, ground: str | None) -> bool:
    return request.cites(ground) and request.outcome == PARTLY and bool(request.withheld)


def _considered(request: Request, ground: str | None) -> bool:
    return bool(request.considered) if ground is None else ground in request.considered


#: The figures in the order in which they are printed: the word, and which requests it counts.
FIGURES: Final[Mapping[str, _Figure]] = {
    "requests": Request.cites,
    GIVEN: _of(GIVEN),
    PARTLY: _of(PARTLY),
    REFUSED: _of(REFUSED),
    OTHER: _of(OTHER),
    "partly_withheld": _partly_withheld,
    "considered": _considered,
    "late": lambda request, ground: request.cites(ground) and request.late,
    "challenged": Request.attacked,
    "overturned": lambda request, ground: request.attacked(ground, overturned=True),
}

Cases = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one group of requests: for each word the cases it counts."""

    key: tuple[str, ...]
    figures: Mapping[str, Cases]

    @property
    def partial_to_full(self) -> float | None:
        """Requests partly withheld to requests wholly refused; None where nothing was refused."""
        full = len(self.figures[REFUSED])
        return len(self.figures["partly_withheld"]) / full if full else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole: total, each ground, each way out besides the grounds, and the groups asked for."""

    total: Line
    grounds: tuple[Line, ...]
    ways: Mapping[str, Cases]
    groups: tuple[Line, ...]
    #: How far each ground binds, as its cases say.
    forces: Mapping[str, tuple[str, ...]]


def audit(requests: Iterable[Request], by: Sequence[str] = ()) -> Audit:
    """Count ``requests``; ``by`` names the dimensions of the groups."""
    found = sorted(requests, key=lambda request: (request.answered_on, request.number))
    lines = _grouped(found, (GROUND,))
    return Audit(
        total=_line((), found, None),
        grounds=tuple(line for line in lines if line.key != (NONE,)),
        ways=_ways(found),
        groups=_grouped(found, tuple(by)) if by else (),
        forces=_forces(found),
    )


def _forces(requests: Sequence[Request]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for request in requests:
        for ground, force in request.forces.items():
            found.setdefault(ground, set()).add(force)
    return {ground: tuple(sorted(forces)) for ground, forces in found.items()}


def _line(key: tuple[str, ...], requests: Sequence[Request], ground: str | None) -> Line:
    return Line(
        key,
        {
            word: tuple(request.number for request in requests if counts(request, ground))
            for word, counts in FIGURES.items()
        },
    )


def _ways(requests: Sequence[Request]) -> dict[str, Cases]:
    found: dict[str, list[str]] = {}
    for request in requests:
        for way in request.ways_out:
            found.setdefault(way, []).append(request.number)
    return {way: tuple(found[way]) for way in sorted(found)}


def _grouped(requests: Sequence[Request], by: tuple[str, ...]) -> tuple[Line, ...]:
    groups: dict[tuple[str, ...], list[Request]] = {}
    for request in requests:
        for key in _keys(request, by):
            groups.setdefault(key, []).append(request)
    place = by.index(GROUND) if GROUND in by else None
    return tuple(
        _line(key, groups[key], None if place is None else key[place])
        for key in sorted(groups, key=_in_order)
    )


def _in_order(key: tuple[str, ...]) -> list[tuple[int, str]]:
    """Sort grounds as the articles have them, everything else by itself."""
    return [(_RANK.get(word, len(_RANK)), word) for word in key]


def _keys(request: Request, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return every group a request is in: of several grounds or topics it is in several."""
    keys: list[tuple[str, ...]] = [()]
    for dimension in by:
        keys = [(*key, value) for key in keys for value in _values(request, dimension)]
    return keys


def _values(request: Request, dimension: str) -> Sequence[str]:
    match dimension:
        case "agency":
            return (request.agency,)
        case "officer":
            return (f"{request.agency}/{request.officer}",)
        case "month":
            return (request.answered_on.strftime("%Y-%m"),)
        case "topic":
            return request.topics or ("",)
        case _:
            return sorted(_grounds(request))


def _grounds(request: Request) -> set[str]:
    attacked = {ground for attack in request.attacks for ground in attack.grounds}
    return {*request.cited, *request.considered, *attacked}
