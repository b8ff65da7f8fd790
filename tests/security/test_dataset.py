"""A dataset names no file outside of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_zrc.benchmarks.abxls import ABXLS
from pytest_zrc.datasets.dataset import open_dataset
from pytest_zrc.errors import ZrcError
from tests.builders import make_dataset


@pytest.mark.parametrize("form", ["{}", "../private/id_rsa", "dev-clean/../../private/id_rsa"])
def test_the_index_leads_to_no_item_file_outside_the_dataset(tmp_path: Path, secrets: Path, form: str) -> None:
    index = make_dataset(tmp_path / "dataset").root / "index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    item_file = content["subsets"]["dev_clean"]["items"]["phoneme_item_file"]
    item_file["file"] = form.format(secrets / "id_rsa")
    index.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ZrcError, match=r"id_rsa is outside the dataset"):
        open_dataset(index.parent, ABXLS, ABXLS.subsets)
