"""The digest of a draft: what review and approval are bound to."""

import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from hashlib import sha256

from workflow.decision import Decision


@lru_cache(maxsize=256)  # review, approval and issue ask about the same draft
def digest_of(decisions: tuple[Decision, ...]) -> str:
    """Return the SHA-256 (hex) of the decisions' canonical JSON: any edit changes it."""
    plain = [asdict(decision) for decision in decisions]
    text = json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return sha256(text.encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"拟稿中有不能计算摘要的值：{type(value).__name__}")
