"""Check and score ZeroSpeech Task 1 submissions with pytest."""

__version__ = "0.1.0"
