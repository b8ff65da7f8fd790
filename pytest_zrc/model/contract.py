"""The contract of an encoder: what must hold for its features to be scored, check by check."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_zrc.model.bench import Bench
from pytest_zrc.model.clauses import BEFORE, CHECKS, Check, Verdict
from pytest_zrc.model.encoder import AdaptedEncoder
from pytest_zrc.model.search import require_hypothesis

EXAMPLES = 25
LONG = 60.0


class Contract:
    """The checks of one encoder, each made once, when it is asked for. ``docs/contract.md`` says what they ask for."""

    def __init__(
        self,
        encoder: AdaptedEncoder,
        *,
        declared: Mapping[str, float] | None = None,
        units: bool = False,
        examples: int = EXAMPLES,
        long: float = LONG,
    ) -> None:
        """Prepare; nothing is encoded yet.

        Args:
            encoder: what is checked.
            declared: the frame shift in seconds by whoever says what it is, as ``feature_size in params.yaml``.
            units: whether features may be ids of discrete units.
            examples: how many ordinary sounds the encoder is tried on.
            long: length of the longest sound, in seconds.

        Raises:
            ZrcError: hypothesis is not installed.
        """
        require_hypothesis()
        own = {"frame_shift of the encoder": encoder.frame_shift} if encoder.frame_shift else {}
        self._bench = Bench(encoder, most=examples, long=long, declared={**own, **(declared or {})}, units=units)
        self._verdicts: dict[str, Verdict] = {}

    def verdict(self, name: str) -> Verdict:
        """Return what the check of this name comes to, one of ``CHECKS``."""
        if name not in self._verdicts:
            self._verdicts[name] = self._judge(CHECKS[name])
        return self._verdicts[name]

    def _judge(self, check: Check) -> Verdict:
        for name in check.needs:
            needed = self.verdict(name)
            if needed.findings or needed.skipped:
                return Verdict(skipped=BEFORE.format(name))
        return check.judge(self._bench)
