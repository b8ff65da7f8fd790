"""What no score tells of the encoder."""

import torch

from encoder import Encoder
from encoder.model import MELS


def test_no_feature_knows_what_follows_it() -> None:
    encoder = Encoder.load()
    spectra = torch.randn(1, 100, MELS, generator=torch.Generator().manual_seed(0))
    changed = torch.cat([spectra[:, :60], -spectra[:, 60:]], dim=1)
    with torch.inference_mode():
        before, after = encoder.context(spectra), encoder.context(changed)
    torch.testing.assert_close(after[:, :60], before[:, :60])
    assert not torch.allclose(after[:, 60:], before[:, 60:])
