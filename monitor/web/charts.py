"""Charts as the paths of inline SVG: a page's policy lets no style or script draw them."""

from collections.abc import Sequence

BAR, GAP = 6, 2
"""Widths, in the units of the view box."""


def draw_bars(counts: Sequence[int], height: int) -> str:
    """The path of a bar for each count, the highest as high as `height`; few are seen, too."""
    most = max(counts, default=0) or 1
    return "".join(
        f"M{n * (BAR + GAP)} {height}v-{max(round(count * height / most, 1), 1):g}h{BAR}V{height}z"
        for n, count in enumerate(counts)
        if count
    )


def measure_bars(counts: Sequence[int]) -> int:
    """How wide the bars are together."""
    return len(counts) * (BAR + GAP) - GAP
