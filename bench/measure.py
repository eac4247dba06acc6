"""How we measure: interleaved rounds, medians, ratios within one run."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter_ns
from typing import Final

LEAST_ROUNDS: Final = 7
ROUND_NS: Final = 20_000_000  # a round shorter than 20 ms measures the clock


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do the work; a call of ``run`` does it ``operations`` times."""

    name: str
    run: Callable[[], object]
    operations: int = 1
    #: Makes ready what each call uses up, such as an empty database; not timed.
    before: Callable[[], object] | None = None
    #: The ratio promised against this rival, where each has its own.
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One promise: what we do, whom we compare it with, and by how much we are faster."""

    title: str
    ours: Contender
    rivals: tuple[Contender, ...] = ()
    at_least: float | None = None  # the ratio to the fastest rival; asserted
    aim: str = ""  # an absolute figure to reach; reported, because machines differ
    note: str = ""
    #: Takes away what the contenders worked on.
    after: Callable[[], object] | None = None

    def promised(self, rival: Contender) -> float | None:
        """Return the ratio promised against ``rival``."""
        return self.at_least if rival.at_least is None else rival.at_least


@dataclass(frozen=True, slots=True)
class Result:
    """The medians of one benchmark, in nanoseconds an operation, ours first."""

    benchmark: Benchmark
    rounds: int
    nanoseconds: dict[str, float] = field(default_factory=dict)

    @property
    def ours(self) -> float:
        return self.nanoseconds[self.benchmark.ours.name]

    def ratio(self, rival: Contender) -> float:
        return self.nanoseconds[rival.name] / self.ours

    def keeps(self, rival: Contender) -> bool:
        """Whether the ratio promised against ``rival`` was reached."""
        promised = self.benchmark.promised(rival)
        return promised is None or self.ratio(rival) >= promised

    @property
    def kept(self) -> bool:
        """Whether every promised ratio was reached."""
        return all(self.keeps(rival) for rival in self.benchmark.rivals)


def measure(benchmark: Benchmark, rounds: int = LEAST_ROUNDS) -> Result:
    """Run every contender once in each round, so that a noisy minute hits all alike."""
    try:
        return _measured(benchmark, rounds)
    finally:
        if benchmark.after:
            benchmark.after()


def _measured(benchmark: Benchmark, rounds: int) -> Result:
    contenders = (benchmark.ours, *benchmark.rivals)
    calls = {each.name: _calls_for_a_round(each) for each in contenders}
    times: dict[str, list[float]] = {each.name: [] for each in contenders}
    for turn in range(max(rounds, LEAST_ROUNDS)):
        for each in _in_turn(contenders, turn):
            times[each.name].append(_time(each, calls[each.name]))
    medians = {name: median(found) for name, found in times.items()}
    return Result(benchmark, max(rounds, LEAST_ROUNDS), medians)


def _in_turn(contenders: Sequence[Contender], turn: int) -> Sequence[Contender]:
    return contenders if turn % 2 == 0 else contenders[::-1]


def _calls_for_a_round(contender: Contender) -> int:
    if contender.before:
        contender.before()
        contender.run()
        return 1
    contender.run()  # warm: caches filled, tables loaded
    started = perf_counter_ns()
    contender.run()
    return max(1, ROUND_NS // max(1, perf_counter_ns() - started))


def _time(contender: Contender, calls: int) -> float:
    if contender.before:
        contender.before()
    gc.collect()
    gc.disable()
    try:
        started = perf_counter_ns()
        for _ in range(calls):
            contender.run()
        return (perf_counter_ns() - started) / (calls * contender.operations)
    finally:
        gc.enable()
