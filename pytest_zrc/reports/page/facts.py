"""What was run, for those who want to run it again."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_zrc.scoring.results import Results

PROFILES = {
    "librilight": (
        "What the official toolkit computes today: tokens of a phone, context and speaker are subsampled with a seed, "
        "and each token is without its last frame."
    ),
    "exact": "Every comparison, every frame, nothing drawn at random: the number to report in a paper.",
    "abxpy2015": "The evaluation of the 2015 challenge: no subsampling, averages over talkers first.",
    "abxpy2017": "The evaluation of the 2017 challenge: no subsampling, averages over contexts first.",
}
_DIGITS = 12  # of a digest


def run_facts(results: Results) -> dict[str, str]:
    """Return what was run, by name; the software and the parameters are apart."""
    kernels = dict.fromkeys(score.kernel for score in results.scores if score.kernel)
    units = dict.fromkeys(str(score.distinct_frames) for score in results.scores if score.distinct_frames)
    facts = {
        "Benchmark": f"{results.benchmark.name}: {results.benchmark.title}",
        "Profile": " ".join(filter(None, (f"{results.profile}.", PROFILES.get(results.profile, "")))),
        "Device": results.device,
        "Kernel": ", ".join(kernels),
        "Different frames": f"{', '.join(units)}: scored as discrete units" if units else "",
        "Checks": f"{len(results.findings)} of {len(results.checks)} run" if results.checks else "skipped",
    }
    wanted = facts if results.scores else ("Benchmark", "Checks")
    return {name: facts[name] for name in wanted if facts[name]}


def parameters(results: Results) -> dict[str, str]:
    """Return the parameters of the scoring as ``params.yaml`` has them."""
    spelling = results.benchmark.spelling
    return {spelling.get(name, name): _yaml(value) for name, value in results.parameters.items()}


def digests(results: Results) -> Iterator[tuple[str, str]]:
    """Yield each subset with the first digits of its dataset's digest."""
    return ((subset, digest[:_DIGITS]) for subset, digest in results.dataset_digests.items())


def _yaml(value: object) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
