"""Commands survive JSON; what is personal stands apart and can be erased."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.codec import canonical, join, split
from workflow.commands import COMMANDS, Applicant, Command, Item, Register
from workflow.vocabulary import ApplicantKind, Channel

commands = st.sampled_from(sorted(COMMANDS)).flatmap(lambda do: st.from_type(COMMANDS[do]))

#: The first command takes a second: a strategy is made for every type inside it.
any_command = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

REQUEST = Register(
    agency="fushun-county-office",
    channel=Channel.INTERNET,
    number="抚县政公申〔2020〕1号",
    applicants=(
        Applicant(kind=ApplicantKind.NATURAL_PERSON, name="喆堃𠀀", contact="139"),
        Applicant(kind=ApplicantKind.NATURAL_PERSON, name="李某", representative=True),
    ),
    items=(Item(title="方案"), Item(description="台账", clues=("甲村", "乙村"))),
)


@any_command
@given(commands)
def test_a_command_comes_back_as_it_went(command: Command) -> None:
    public, personal = split(command)

    assert join(json.loads(canonical(public)), json.loads(canonical(personal))) == command


@any_command
@given(commands)
def test_a_command_has_one_canonical_form(command: Command) -> None:
    first = canonical(list(split(command)))

    assert canonical(json.loads(first)) == first
    assert canonical(list(split(join(*split(command))))) == first


@any_command
@given(commands)
def test_erased_personal_data_leaves_a_command_that_can_be_read(command: Command) -> None:
    public, _ = split(command)

    erased = join(public, None)

    assert split(erased).public == public
    assert not list(personal_texts(erased))


@any_command
@given(commands)
def test_the_public_part_names_no_personal_field(command: Command) -> None:
    assert not (personal_fields(type(command)) & set(keys(split(command).public)))


def personal_texts(value: object) -> Iterator[object]:
    if isinstance(value, tuple):
        for one in value:
            yield from personal_texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.metadata.get("personal") is True and inner:
                yield inner
            yield from personal_texts(inner)


def personal_fields(kind: type) -> set[str]:
    return {field.name for field in fields(kind) if field.metadata.get("personal") is True}


def keys(public: dict[str, Any]) -> list[str]:
    return [key for key in public if key != "do"]


def test_names_and_contacts_are_in_the_personal_part_only() -> None:
    public, personal = split(REQUEST)

    said = canonical(public).decode()
    assert not [name for name in ("喆堃𠀀", "李某", "139", "方案", "甲村") if name in said]
    assert "喆堃𠀀" in canonical(personal).decode()
    assert join(public, personal) == REQUEST


def test_an_erased_name_reads_as_empty() -> None:
    erased = join(split(REQUEST).public, None)

    assert isinstance(erased, Register)
    assert [applicant.name for applicant in erased.applicants] == ["", ""]
    assert erased.applicants[1].representative


def test_empty_defaults_are_not_kept() -> None:
    assert split(COMMANDS["accept"]()) == ({"do": "accept"}, None)


def test_canonical_json_has_one_form() -> None:
    assert canonical({"b": 1, "a": ["喆"]}) == '{"a":["喆"],"b":1}'.encode()


def test_a_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))
