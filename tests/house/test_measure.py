"""How we measure is itself measured: rounds take turns, and a broken promise is seen."""

from time import sleep

from bench.measure import LEAST_ROUNDS, Benchmark, Contender, measure


def fast() -> None:
    sleep(0.0002)


def slow() -> None:
    sleep(0.002)


def test_a_promise_is_kept_when_the_fastest_rival_is_slower_by_the_promised_ratio() -> None:
    benchmark = Benchmark("sleep", Contender("fast", fast), (Contender("slow", slow),), at_least=2)

    result = measure(benchmark)

    assert result.kept
    assert result.rounds == LEAST_ROUNDS


def test_a_promise_is_broken_when_we_are_slower() -> None:
    benchmark = Benchmark("sleep", Contender("slow", slow), (Contender("fast", fast),), at_least=1)

    assert not measure(benchmark).kept


def test_a_figure_without_a_rival_is_reported_and_promises_nothing() -> None:
    result = measure(Benchmark("sleep", Contender("fast", fast, operations=2)))

    assert result.kept
    assert result.benchmark.rivals == ()
    assert 0 < result.ours < 2_000_000


def test_fewer_than_seven_rounds_are_never_taken() -> None:
    turns: list[str] = []

    def taking_its_turn(name: str) -> Contender:
        def run() -> None:
            turns.append(name)
            sleep(0.02)

        return Contender(name, run)

    first, second = taking_its_turn("first"), taking_its_turn("second")

    measure(Benchmark("turns", first, (second,)), rounds=1)

    measured = turns[4:]  # two warming calls each
    assert measured.count("first") == measured.count("second") == LEAST_ROUNDS
    assert measured[:4] == ["first", "second", "second", "first"]
