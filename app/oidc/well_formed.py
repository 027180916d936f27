"""JSON in which every text is well-formed Unicode."""

from __future__ import annotations

import json
from typing import Any


def well_formed(document: dict[str, Any]) -> dict[str, Any]:
    """The same with a question mark for each half of a character (RFC 8259 §8.2), which no page could show.

    Raises `RecursionError` where it is nested too deeply.
    """
    found: dict[str, Any] = json.loads(json.dumps(document, ensure_ascii=False).encode(errors='replace'))
    return found
