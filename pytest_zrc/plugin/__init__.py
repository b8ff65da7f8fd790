"""The hooks that pytest finds. Without a ``--zrc`` option nothing more than this file and the options is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_zrc.plugin import options

if TYPE_CHECKING:
    from pytest_zrc.scoring.scores import Scores
    from pytest_zrc.submission.layout import Submission


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    options.add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Take our own test ids out of the arguments, before pytest looks for folders of these names."""
    if options.read_options(early_config, early_config.known_args_namespace) is not None:
        from pytest_zrc.plugin import arguments

        arguments.prepare(early_config, args)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Start the plugin proper where a submission or a benchmark is named."""
    given = options.read_options(config, config.option)
    if given is not None and not (config.option.help or config.option.version):
        from pytest_zrc.plugin import session

        session.start(config, given)


@pytest.fixture(scope="session")
def zrc_encoder(pytestconfig: pytest.Config) -> object:
    """The encoder that features are extracted with: by default an installed one; a conftest.py has its own."""
    from pytest_zrc.plugin import session

    return session.encoder_of(pytestconfig)


@pytest.fixture(scope="session")
def zrc_submission(request: pytest.FixtureRequest) -> Submission:
    """The submission that ``--zrc-submission`` names, or that ``--zrc-encoder`` makes."""
    from pytest_zrc.plugin import session

    return session.run_of(request).case.submission


@pytest.fixture(scope="session")
def zrc_scores(request: pytest.FixtureRequest) -> Scores:
    """All scores of the submission: error rates by subset and condition, each computed once, whatever else runs."""
    from pytest_zrc.plugin import session

    return session.scores_of(request)
