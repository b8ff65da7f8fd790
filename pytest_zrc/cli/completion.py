"""``pytest-zrc completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

_NAME = "pytest-zrc"
_VARIABLE = "_PYTEST_ZRC_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options and names.

    \b
    bash: eval "$(pytest-zrc completion bash)"   in ~/.bashrc
    zsh:  eval "$(pytest-zrc completion zsh)"    in ~/.zshrc
    fish: pytest-zrc completion fish > ~/.config/fish/completions/pytest-zrc.fish
    """  # noqa: D301 - the backspace is for click
    found = get_completion_class(shell)
    if found is None:  # what click completes is what may be chosen
        raise click.UsageError(f"nothing is known of the shell {shell}")
    click.echo(found(context.find_root().command, {}, _NAME, _VARIABLE).source())
