"""Charts as inline SVG that need no style attribute, style sheet or script: the same on a page and in a PDF.

Each function returns safe HTML. `Point` and `Series` carry the values; None is a gap.
"""

from .bars import horizontal_bars, stacked_bars
from .cover import cover_map
from .heat import heat_map
from .lanes import Lane, LaneSpan, swim_lanes
from .marks import Point, Series
from .scales import compact, percent, plain, yuan
from .tiles import sparkline, target_bar
from .trend import trend

__all__ = [
    "Lane",
    "LaneSpan",
    "Point",
    "Series",
    "compact",
    "cover_map",
    "heat_map",
    "horizontal_bars",
    "percent",
    "plain",
    "sparkline",
    "stacked_bars",
    "swim_lanes",
    "target_bar",
    "trend",
    "yuan",
]
