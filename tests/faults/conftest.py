from __future__ import annotations

from tests.plugin.conftest import _few_plugins, small, zrc  # noqa: F401
