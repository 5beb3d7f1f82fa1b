"""When scheduled work is due, worked out from the clock alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from shopops.kit.clock import SHANGHAI


class Due(NamedTuple):
    """A job to be run for a period, with what it is told."""

    job: str
    period: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Daily:
    """Work done once a day after `at` on the wall clock, about the day before; told `day="YYYY-MM-DD"`."""

    job: str
    at: str
    catch_up_days: int = 1

    def due(self, moment: datetime) -> Iterator[Due]:
        """Give the days whose work should have been done by `moment`, oldest first."""
        local = moment.astimezone(SHANGHAI)
        newest = local.date() - timedelta(days=1 if local.time() >= time.fromisoformat(self.at) else 2)
        for back in range(self.catch_up_days - 1, -1, -1):
            day = (newest - timedelta(days=back)).isoformat()
            yield Due(self.job, day, {"day": day})


@dataclass(frozen=True)
class Every:
    """Work done every few minutes; a missed round is not made up for."""

    job: str
    minutes: int

    def due(self, moment: datetime) -> Iterator[Due]:
        """Give the round that `moment` falls into."""
        seconds = int(moment.timestamp()) // (self.minutes * 60) * self.minutes * 60
        round_start = datetime.fromtimestamp(seconds, tz=SHANGHAI)
        yield Due(self.job, round_start.strftime("%Y-%m-%dT%H:%M"), {})
