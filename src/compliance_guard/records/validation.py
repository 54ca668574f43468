"""Values from outside made into records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from compliance_guard.domain import Frozen
from compliance_guard.errors import InputError

Record = TypeVar("Record", bound=Frozen)


def record_of(kind: type[Record], values: Mapping[str, Any], of: str) -> Record:
    """A record of some kind.

    Args:
        of: whose values they are, for the message.

    Raises:
        InputError: names `of`, the field and the value that cannot be used.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(f"{of} 的 {field}", first.get("input"), str(first["msg"])) from None
