"""What every room's `permissions(user)` answers, verb by verb."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """Whether an act is allowed; `reason` is the sentence (French) shown when it is not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed
