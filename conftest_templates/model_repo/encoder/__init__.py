"""The model of this repository."""

from encoder.model import Encoder

__all__ = ["Encoder"]
