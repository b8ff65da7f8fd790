"""``python -m pytest_zrc.cli``: the command ``pytest-zrc``, where that is not on the path."""

from pytest_zrc.cli import main

main(prog_name="pytest-zrc")
