from __future__ import annotations

from tests.scoring.helpers import frames_read as frames_read  # noqa: PLC0414 - a fixture
