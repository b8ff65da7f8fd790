"""The meta.yaml and params.yaml of a submission that is made from a model, where the user has none."""

from __future__ import annotations

import json
from datetime import UTC, datetime


def meta_text(benchmark: str, encoder: str) -> str:
    """Return a meta.yaml that our checks accept."""
    return f"""\
# Written by pytest-zrc, once: complete it before you publish the submission.
benchmark_name: {json.dumps(benchmark)}
model_info:
  system_description: {json.dumps(f"features of the encoder {encoder}")}
  train_set: "not stated"
  gpu_budget: ""
publication:
  author_label: ""
  authors: "not stated"
  institution: "not stated"
  paper_title: ""
  paper_url: ""
  publication_year: {datetime.now(UTC).year}
open_source: false
code_url: ""
"""


def params_text(frame_shift: float) -> str:
    """Return a params.yaml with a frame shift in seconds; everything else is the benchmark's default."""
    return f"""\
# Written by pytest-zrc, once: the time between two frames of the features, in seconds.
feature_size: {frame_shift:.6g}
"""
