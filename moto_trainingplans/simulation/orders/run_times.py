"""How long jobs train, as the control object says."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase

DEFAULT_RUN_TIME = timedelta(hours=1)  # source: choice
_NEVER: tuple[int, timedelta | None] = (0, None)
_WILD = frozenset("*?[")


class RunTimes:
    """Durations by name, ARN or glob; the last one set that matches a job counts."""

    def __init__(self) -> None:
        self._set = 0
        self._exact: dict[str, tuple[int, timedelta]] = {}
        self._globs: list[tuple[int, str, timedelta]] = []

    def set(self, job: str, duration: timedelta) -> None:
        """Have the jobs of a name, ARN or glob train so long, from their next training on."""
        self._set += 1
        if _WILD.isdisjoint(job):
            self._exact[job] = (self._set, duration)
        else:
            # A glob overrules all that it equals, so only the last of its kind is kept.
            self._globs = [each for each in self._globs if each[1] != job]
            self._globs.append((self._set, job, duration))

    def of(self, name: str, arn: str) -> timedelta | None:
        """How long a job trains, None if nobody has said."""
        by_name, by_arn = self._exact.get(name, _NEVER), self._exact.get(arn, _NEVER)
        set_at, duration = by_name if by_name[0] > by_arn[0] else by_arn
        for glob_set_at, glob, glob_duration in reversed(self._globs):
            if glob_set_at < set_at:
                break
            if fnmatchcase(name, glob) or fnmatchcase(arn, glob):
                return glob_duration
        return duration
