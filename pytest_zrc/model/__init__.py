"""Features from a model: an encoder, the audio of a dataset, and what comes of both."""
