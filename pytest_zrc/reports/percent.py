"""Error rates and differences in percent, as people read them."""

from __future__ import annotations

NOTHING = "-"


def percent(fraction: float) -> str:
    """Return an error rate: ``5.73``."""
    return f"{100 * fraction:.2f}"


def signed(fraction: float) -> str:
    """Return a difference with its sign: ``-0.18``; what rounds to 0 has none that means anything: ``+0.00``."""
    return f"{round(100 * fraction, 2) + 0.0:+.2f}"


def interval(low: float | None, high: float | None) -> str:
    """Return the interval of an error rate: ``3.3-7.7``."""
    return NOTHING if low is None or high is None else f"{100 * low:.1f}-{100 * high:.1f}"


def signed_interval(low: float | None, high: float | None) -> str:
    """Return the interval of a difference: ``-0.31 to +0.05``."""
    return NOTHING if low is None or high is None else f"{signed(low)} to {signed(high)}"
