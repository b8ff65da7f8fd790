"""The encoder of a model repository, as a user gives it, and as the rest of the package sees it.

An encoder is a callable: a waveform, float32, mono, of shape (samples,), and its sampling rate in Hz give an array of
shape (frames, dimension). PyTorch is not imported here: an encoder that needs it has imported it already.
"""

from __future__ import annotations

import hashlib
import operator
import os
import sys
import sysconfig
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from pytest_zrc.errors import ZrcError

Waveform: TypeAlias = npt.NDArray[np.float32]
Features: TypeAlias = npt.NDArray[Any]

_T = TypeVar("_T")

_BATCH_SIZE = 8
_LONGEST = 400  # characters of an exception's text


class AdaptedEncoder:
    """An encoder whose inputs and outputs are NumPy arrays, and whose errors are sentences.

    What it returns is what the user's code returned, converted to NumPy and otherwise unchanged: it may have any shape
    and type.

    Attributes:
        name: of the user's function or class.
        device: that a PyTorch module runs on, ``cpu`` or ``cuda``.
        batched: whether the user's code encodes several waveforms at once.
        batch_size: how many of them at most.
        sample_rate: that the encoder wants, in Hz; ``None`` where it takes any.
        frame_shift: that the encoder says it has, in seconds; ``None`` where it says nothing.
    """

    def __init__(self, encoder: Any, device: str = "cpu") -> None:  # noqa: ANN401 - whatever a user calls an encoder
        """Look at what an encoder says of itself. Use ``adapt``, which prepares the encoder, too."""
        self._encoder = encoder
        self._module = _is_module(encoder)
        self.name, self.device = _name(encoder), device
        self.batched = callable(getattr(encoder, "encode_batch", None))
        self.batch_size = _attribute(encoder, "batch_size", _count, "a whole number above 0") or _BATCH_SIZE
        self.sample_rate = _attribute(encoder, "sample_rate", _count, "a whole number above 0, in Hz")
        self.frame_shift = _attribute(encoder, "frame_shift", _positive, "a number above 0, in seconds")
        self._declared = _attribute(encoder, "digest", _name_of_weights, "a text that names the weights")

    @classmethod
    def adapt(cls, encoder: object, device: str = "cpu") -> AdaptedEncoder:
        """Adapt what a user gave; a PyTorch module is moved to the device and put in evaluation mode.

        Raises:
            ZrcError: it is no encoder, or says something of itself that cannot be.
        """
        if isinstance(encoder, type):
            raise ZrcError(f"the encoder is the class {encoder.__qualname__}: give an object of it")
        if not callable(encoder):
            raise ZrcError(
                f"the encoder is of type {type(encoder).__qualname__}, which cannot be called: give a function of a "
                "waveform and its sampling rate, or an object with __call__"
            )
        adapted = cls(encoder, device)
        if adapted._module:
            with _sentences(f"the encoder cannot be moved to {device}"):
                adapted._encoder.eval().to(device)
        return adapted

    @cached_property
    def digest(self) -> str | None:
        """What names the weights: the encoder's own ``digest``, or a SHA-256 over the state of a PyTorch module.

        ``None`` where there is neither: then nobody can tell whether an encoder is the one of an earlier run.
        """
        if self._declared is not None or not self._module:
            return self._declared
        with _sentences("the state of the encoder cannot be read"):
            return _digest_of_state(self._encoder.state_dict())

    def encode(self, waveform: Waveform, sample_rate: int) -> Features:
        """Encode a waveform.

        Args:
            waveform: of shape (samples,).
            sample_rate: in Hz.

        Raises:
            ZrcError: the user's code raised, or returned no array.
        """
        with _sentences("the encoder raised"), self._inference():
            features = self._encoder(self._input(waveform), sample_rate)
        return _as_array(features, "the encoder")

    def encode_batch(self, waveforms: Sequence[Waveform], sample_rate: int) -> list[Features]:
        """Encode several waveforms, at once where the encoder is ``batched``.

        Args:
            waveforms: each of shape (samples,), of any lengths.
            sample_rate: of all of them, in Hz.

        Returns:
            As many arrays, in the same order.

        Raises:
            ZrcError: the user's code raised, or did not return as many arrays.
        """
        if not self.batched:
            return [self.encode(waveform, sample_rate) for waveform in waveforms]
        name = "encode_batch of the encoder"
        with _sentences(f"{name} raised"), self._inference():
            inputs = [self._input(waveform) for waveform in waveforms]
            found = self._encoder.encode_batch(inputs, sample_rate)
            features = None if found is None else list(found)
        if features is None or len(features) != len(waveforms):
            returned = "None" if features is None else f"{len(features)} arrays"
            raise ZrcError(f"{name} returned {returned} for {len(waveforms)} waveforms: return one array for each")
        return [_as_array(one, name) for one in features]

    def _input(self, waveform: Waveform) -> object:
        """Return a copy, which the user's code may change."""
        samples = np.array(waveform, dtype=np.float32)
        return sys.modules["torch"].from_numpy(samples).to(self.device) if self._module else samples

    def _inference(self) -> AbstractContextManager[object]:
        context: AbstractContextManager[object] = (
            sys.modules["torch"].inference_mode() if self._module else nullcontext()
        )
        return context


def describe_error(error: BaseException) -> str:
    """Say what an exception in a user's code is: its type, its text, and the last line of that code."""
    text = " ".join(str(error).split())
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    line = _last_line(error)
    return f"{type(error).__name__}{f': {text}' if text else ''}{f' ({line})' if line else ''}"


@contextmanager
def _sentences(what: str) -> Iterator[None]:
    """Turn an exception of a user's code into a sentence."""
    try:
        yield
    except ZrcError:
        raise
    except Exception as error:  # noqa: BLE001 - a user's code may raise anything
        raise ZrcError(f"{what}: {describe_error(error)}") from None


def _last_line(error: BaseException) -> str:
    """Return the last line of a user's own code in a traceback, as ``file:line``; else that of a library."""
    calls = [call for call in traceback.extract_tb(error.__traceback__) if not _is_below(call.filename, _OURS)]
    own = [call for call in calls if os.path.exists(call.filename) and not _is_below(call.filename, *_LIBRARIES)]
    last = next(reversed(own or calls), None)
    if last is None:
        return ""
    path = Path(last.filename)
    return f"{path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}:{last.lineno}"


_OURS = Path(__file__).parent.parent
_LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def _is_below(file: str, *folders: Path) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in folders)


def _is_module(encoder: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(encoder, torch.nn.Module)


def _name(encoder: object) -> str:
    named = encoder if hasattr(encoder, "__qualname__") else type(encoder)
    return f"{named.__module__}.{getattr(named, '__qualname__', named)}"


def _as_array(features: object, who: str) -> Features:
    """Return a copy as a NumPy array, of what may be a PyTorch tensor on any device."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(features, torch.Tensor):
        tensor: Any = features.detach().cpu()
        features = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()  # NumPy has no bfloat16
    if not hasattr(features, "__array__"):
        returned = "None" if features is None else f"a {type(features).__name__}"
        raise ZrcError(f"{who} returned {returned}: return an array or a tensor of shape (frames, dimension)")
    return np.array(features)


def _digest_of_state(state: Any) -> str:  # noqa: ANN401 - of a class of PyTorch
    """Return the SHA-256 over the names, types, shapes and bytes of a module's state."""
    digest = hashlib.sha256()
    torch = sys.modules["torch"]
    for name, value in sorted(state.items()):
        if isinstance(value, torch.Tensor):
            whole = value.detach().cpu().contiguous()
            digest.update(f"{name} {whole.dtype} {tuple(whole.shape)}\0".encode())
            digest.update(whole.reshape(-1).view(torch.uint8).numpy())
        else:
            digest.update(f"{name} {value!r}\0".encode())  # what a module keeps beside its tensors
    return digest.hexdigest()


def _attribute(encoder: object, name: str, convert: Callable[[Any], _T], expected: str) -> _T | None:
    """Return what an encoder says of itself, ``None`` where it says nothing."""
    value = getattr(encoder, name, None)
    try:
        return None if value is None else convert(value)
    except (TypeError, ValueError):
        raise ZrcError(f"the encoder's {name} is {value!r}: make it {expected}") from None


def _count(value: Any) -> int:  # noqa: ANN401
    count = operator.index(int(value) if isinstance(value, float) and value.is_integer() else value)
    if count < 1:
        raise ValueError
    return count


def _positive(value: Any) -> float:  # noqa: ANN401
    number = float(value)
    if not 0 < number < np.inf:
        raise ValueError
    return number


def _name_of_weights(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str) or not value:
        raise TypeError
    return value
