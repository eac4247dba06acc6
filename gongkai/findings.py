"""Findings as JSON, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from workflow.findings import Finding
from workflow.vocabulary import Severity

_KEYS: Final = ("code", "severity", "item", "passage", "article", "message", "mend")


def finding_as(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON."""
    found = asdict(finding)
    return {key: found[key] for key in _KEYS}


def finding_from(found: Mapping[str, Any]) -> Finding:
    """Read a finding back."""
    return Finding(**{**found, "severity": Severity(found["severity"])})
