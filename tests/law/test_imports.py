"""What asking for the law costs."""

import subprocess
import sys

import pytest

import rules


def test_the_law_is_read_without_the_holidays_package() -> None:
    ask = "import rules, sys; assert 'holidays' not in sys.modules; rules.calendar()"

    subprocess.run([sys.executable, "-c", ask], check=True)


def test_every_public_name_is_there() -> None:
    assert all(getattr(rules, name) is not None for name in rules.__all__)
    assert rules.__all__ == sorted(rules.__all__)
    with pytest.raises(AttributeError):
        _ = rules.no_such_name
