"""Our four names are ours, and the wheel carries everything in them."""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
PACKAGES = ("rules", "workflow", "notices", "gongkai")
NOT_SHIPPED = {".pyc", ".pyo"}


def strangers() -> dict[str, list[str]]:
    """Who else in this environment provides one of our names (``tests`` and ``bench`` included)."""
    found = packages_distributions()
    names = (*PACKAGES, "tests", "bench")
    others = {name: [d for d in found.get(name, []) if d != "gongkai"] for name in names}
    return {name: dists for name, dists in others.items() if dists}


def shipped(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if name.split("/")[0] in PACKAGES}


def in_the_tree() -> set[str]:
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in files if path.suffix not in NOT_SHIPPED}


def test_nobody_else_in_the_environment_provides_our_package_names() -> None:
    assert strangers() == {}


def test_a_stranger_who_brings_a_package_called_rules_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "rules-3.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rules\nVersion: 3.5\n")
    (info / "RECORD").write_text("rules/__init__.py,,\nrules-3.5.dist-info/METADATA,,\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    assert strangers() == {"rules": ["rules"]}


def test_the_wheel_carries_the_four_packages_with_every_data_file(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])

    names = shipped(Path(wheel))

    assert {name.split("/")[0] for name in names} == set(PACKAGES)
    assert names == in_the_tree()


def test_the_wheel_carries_nothing_beside_the_packages_and_its_metadata(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])

    with ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert {top for top in tops - set(PACKAGES) if not top.endswith(".dist-info")} == set()
