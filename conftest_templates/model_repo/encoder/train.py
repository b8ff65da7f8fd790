"""Train the encoder without labels: of noisy spectra, predict those of 20 ms later without the noise.

    python -m encoder.train [FOLDER]

FOLDER holds audio at 16 kHz; without it, the demo of pytest-zrc: 100 s of synthetic speech, 5 s of training.
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import soundfile
import torch
from torch import Tensor, nn

from encoder.model import DIMENSION, MELS, SAMPLE_RATE, WEIGHTS, Encoder

STEPS, BATCH, LENGTH = 200, 16, 150  # updates, excerpts in each, frames of an excerpt
AHEAD = 2  # frames
NOISE = 0.4  # of each spectrum, and of the whole excerpt's: another channel
RATE = 8e-3  # of learning, at most


def read_audio(folder: Path) -> list[Tensor]:
    """Read all audio files below a folder, the first channel of each."""
    waveforms = []
    for path in sorted(path for path in folder.rglob("*") if path.suffix[1:].upper() in soundfile.available_formats()):
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        if rate != SAMPLE_RATE:
            raise SystemExit(f"{path} has {rate} samples a second: make it {SAMPLE_RATE}")
        waveforms.append(torch.from_numpy(samples[:, 0].copy()))
    return waveforms


def excerpts(spectra: list[Tensor]) -> Tensor:
    """Draw excerpts, shape (BATCH, LENGTH, MELS)."""
    drawn = [spectra[int(torch.randint(len(spectra), ()))] for _ in range(BATCH)]
    starts = [int(torch.randint(len(one) - LENGTH + 1, ())) for one in drawn]
    return torch.stack([one[start : start + LENGTH] for one, start in zip(drawn, starts, strict=True)])


def train(waveforms: list[Tensor], steps: int = STEPS, seed: int = 0) -> Encoder:
    """Train an encoder on waveforms, the same with the same seed."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # faster for so small a model
    encoder, head = Encoder(), nn.Linear(DIMENSION, MELS)
    optimizer = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    spectra = [one for one in map(encoder.spectra, waveforms) if len(one) >= LENGTH]
    if not spectra:
        raise SystemExit("there is no audio of 1.5 s or longer: name a folder that has some")
    for step in range(steps):
        clean = excerpts(spectra)
        noisy = clean + NOISE * (torch.randn_like(clean) + torch.randn(BATCH, 1, MELS))
        predicted = head(encoder.context(noisy))[:, :-AHEAD]
        loss = (predicted - clean[:, AHEAD:]).abs().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 50 == 49:
            print(f"step {step + 1}: error {loss.item():.3f}")
    return encoder.eval()


def main() -> None:
    """Train on a folder, and write the weights."""
    demo = Path(str(files("pytest_zrc"))) / "demo" / "dataset"
    train(read_audio(Path(sys.argv[1]) if len(sys.argv) > 1 else demo)).save()
    print(f"weights: {WEIGHTS}; with pytest --zrc-update-baseline their scores become the baseline")


if __name__ == "__main__":
    main()
