"""Commands as JSON: the public part, and the personal part that can be erased without it."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple, get_origin

from gongkai.acts import KINDS
from gongkai.shapes import adapter, type_at, without_none
from workflow.commands import Command

Json = Any  # what json.loads returns

_DO: Final = "do"
_JSON: Final = json.JSONEncoder(
    ensure_ascii=False,
    sort_keys=True,
    separators=(",", ":"),
    allow_nan=False,
    check_circular=False,  # what is written here was made from frozen values
)


class Split(NamedTuple):
    """The two parts of a value; ``personal`` is None where there is nothing personal in it."""

    public: Json
    personal: Json


def canonical(value: Json) -> bytes:
    """Return the one byte string that stands for ``value``: sorted keys, UTF-8, no spaces."""
    return _JSON.encode(value).encode()


def split(command: Command) -> Split:
    """Take a command apart; fields that say nothing are left out."""
    public, personal = _split(command)
    return Split({_DO: command.do, **public}, personal)


def join(public: Json, personal: Json) -> Command:
    """Put a command together again; erased personal data reads as empty."""
    kind = KINDS[public[_DO]]
    own = {key: value for key, value in public.items() if key != _DO}
    whole = merged(own, personal)
    command: Command = adapter(kind).validate_json(canonical(_filled(kind, whole)), strict=True)
    return command


def _split(value: Any) -> Split:  # noqa: ANN401 - any value of our dataclasses
    kind: Any = type(value)
    own = _fields_of(kind)
    if own is not None:
        return _split_fields(value, own)
    if isinstance(value, tuple):
        parts = [_split(one) for one in value]
        personal = [part.personal for part in parts]
        said = personal if any(one is not None for one in personal) else None
        return Split([part.public for part in parts], said)
    return Split(value.isoformat() if isinstance(value, date) else value, None)


@cache
def _fields_of(kind: Any) -> "tuple[Field[Any], ...] | None":  # noqa: ANN401 - a type
    """Return the fields of a dataclass; None for anything else."""
    return fields(kind) if is_dataclass(kind) else None


def _split_fields(value: Any, own_fields: "tuple[Field[Any], ...]") -> Split:  # noqa: ANN401 - as above
    public: dict[str, Json] = {}
    personal: dict[str, Json] = {}
    for field in own_fields:
        inner = getattr(value, field.name)
        if _says_nothing(field, inner):
            continue
        if _is_personal(field, value):
            personal[field.name] = _split(inner).public
            continue
        said, own = _split(inner)
        if own is not None:
            personal[field.name] = own
        if said != {} or own is None or _required(field):  # nothing public leaves no empty place
            public[field.name] = said
    return Split(public, personal or None)


def _is_personal(field: "Field[Any]", value: Any) -> bool:  # noqa: ANN401 - as above
    """Whether a field holds personal data; of some fields it depends on what else is said."""
    mark = field.metadata.get("personal", False)
    return bool(mark(value) if callable(mark) else mark)


def _says_nothing(field: "Field[Any]", value: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the value is its empty default, which need not be kept to be read again."""
    made = field.default_factory() if field.default_factory is not MISSING else field.default
    if value != made:
        return False
    return not any(_split(value)) if is_dataclass(value) else not value


def merged(public: Json, personal: Json) -> Json:
    """Lay the two parts of a value into one another again."""
    if personal is None:
        return public
    if isinstance(personal, Mapping):
        rest = {key: value for key, value in personal.items() if key not in public}
        return {key: merged(value, personal.get(key)) for key, value in public.items()} | rest
    return [merged(one, own) for one, own in zip(public, personal, strict=True)]


def _filled(kind: Any, raw: Json) -> Json:  # noqa: ANN401 - a type, or a form such as int | None
    """Give erased required fields their empty place."""
    if isinstance(raw, list):
        return [_filled(type_at(kind, (place,)), one) for place, one in enumerate(raw)]
    table = without_none(kind)
    if not (is_dataclass(table) and isinstance(raw, dict)):
        return raw
    filled = {key: _filled(type_at(table, (key,)), value) for key, value in raw.items()}
    erased = [f.name for f in fields(table) if f.metadata.get("personal") and _required(f)]
    return {**{name: _empty(type_at(table, (name,))) for name in erased}, **filled}


def _empty(kind: Any) -> Json:  # noqa: ANN401 - as above
    return [] if get_origin(kind) is tuple else ""


def _required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING
