"""Every finding that the checks can make, with its stable code: the only place where their texts live."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pytest_zrc.errors import printable

Severity = Literal["error", "warning"]

# After a YAML file comes the field; any other name may hold spaces of its own.
_PLACES = (re.compile(r"(?P<file>\S+\.yaml)(:(?P<line>\d+))?( .*)?"), re.compile(r"(?P<file>.*?)(:(?P<line>\d+))?"))


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding; the texts are templates whose fields the check fills in.

    Attributes:
        code: stable: it is never given to another finding.
        severity: an ``error`` fails its test, a ``warning`` is a recommendation.
        title: what is wrong, in a few words.
        measured: what was found.
        expected: what should be there.
        fix: what to do.
    """

    code: str
    severity: Severity
    title: str
    measured: str
    expected: str
    fix: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in one place of a submission.

    Attributes:
        code, severity: of its rule.
        where: a file relative to the submission, with the line or field where there is one.
        measured, expected, fix: the rule's texts, filled in.
        subset: the subset that cannot be scored because of it; ``None`` for all of them, ``""`` for none.
    """

    code: str
    severity: Severity
    where: str
    measured: str
    expected: str
    fix: str
    subset: str | None

    def __str__(self) -> str:
        """Return the finding as one line."""
        return f"{self.code} {self.where}: {self.measured}; expected {self.expected}. {self.fix}."

    @property
    def place(self) -> tuple[str, int | None]:
        """The file where it is, and the line if that is known."""
        for form in _PLACES:
            if match := form.fullmatch(self.where):
                return match["file"], int(match["line"]) if match["line"] else None
        return self.where, None

    def blocks(self, subset: str) -> bool:
        """Tell whether a subset cannot be scored because of this."""
        return self.severity == "error" and self.subset in (None, subset)


_STRUCTURE = (
    Rule(
        "ZRC-S01",
        "error",
        "Missing folder",
        "there is no such folder{similar}",
        "a folder with the {n} feature files of this subset",
        "Create it, or leave the subset out with --zrc-sets and --zrc-tasks",
    ),
    Rule(
        "ZRC-S02",
        "error",
        "Missing feature file",
        "there is no such file{similar}",
        "one array for each file of the dataset",
        "Extract the features of {file_id} and save them there",
    ),
    Rule(
        "ZRC-S03",
        "error",
        "Extra file",
        "{problem}",
        "only files named after those of the dataset, ending in {suffix}",
        "Remove or rename it",
    ),
    Rule(
        "ZRC-S04",
        "error",
        "Unreadable folder",
        "{problem}",
        "a folder that can be listed",
        "Replace it with the files themselves",
    ),
    Rule(
        "ZRC-S05",
        "error",
        "Two files with one id",
        "has the same id as {other}",
        "one file for {file_id}; sub-folders do not tell files apart",
        "Remove one of the two",
    ),
    Rule(
        "ZRC-S06",
        "error",
        "Two folders for one subset",
        "the older name of {other}, which is there, too",
        "one folder for each subset",
        "Remove one of the two folders",
    ),
)

_ARRAYS = (
    Rule(
        "ZRC-A01",
        "error",
        "Unreadable array file",
        "{problem}",
        "an array written by numpy.save, or a table of numbers in a .txt file",
        "Write the file again",
    ),
    Rule(
        "ZRC-A02",
        "error",
        "Pickled objects",
        "{problem}, which was not opened because unpickling runs code",
        "a plain array of floats",
        "Save it again with numpy.save(path, array.astype('float32'), allow_pickle=False)",
    ),
    Rule(
        "ZRC-A03",
        "error",
        "Not a 2D array",
        "shape {shape}",
        "two dimensions, (frames, feature dimension), and at least one column",
        "Save one row for each frame",
    ),
    Rule(
        "ZRC-A04",
        "error",
        "Not floats",
        "type {dtype}",
        "floating-point numbers (float16, float32, float64)",
        "Convert the array with array.astype('float32'), or set distance_mode: identical in params.yaml for ids of"
        " discrete units",
    ),
    Rule(
        "ZRC-A05",
        "error",
        "Fewer than two frames",
        "{frames} frame(s)",
        "at least 2",
        "Extract the features of the whole file; rows are time",
    ),
    Rule(
        "ZRC-A06",
        "error",
        "Another feature dimension",
        "{dimension} columns (shape {shape}){transposed}",
        "{expected}, as in {share} of the submission's files",
        "Extract the file with the model and layer of the others",
    ),
    Rule(
        "ZRC-A07",
        "error",
        "Values that are not finite",
        "{n} NaN or infinite value(s), the first in frame {frame}, column {column}",
        "finite numbers",
        "Look for a division by zero or an overflow in the extraction of this file",
    ),
    Rule(
        "ZRC-A08",
        "error",
        "Only zeros",
        "all {frames} frames are zero",
        "features that carry something",
        "Extract the file again",
    ),
    Rule(
        "ZRC-A09",
        "error",
        "Too few frames",
        "{frames} frames, which end at {covered:.2f} s {basis}",
        "{needed}: the last item of this file ends at {offset:.2f} s",
        "Extract the features of the whole file",
    ),
    Rule(
        "ZRC-A10",
        "error",
        "Frame shift does not fit",
        "{frames} frames for {offset:.2f} s of items in {example}, so that {share} of the files {mismatch}"
        " at a frame shift of {shift} s",
        "the frame shift of the features{suggestion}",
        "Set feature_size in params.yaml to the time between two frames, in seconds",
    ),
    Rule(
        "ZRC-A11",
        "error",
        "Transposed arrays",
        "{n} files with {rows} rows each and as many columns as the file is long (shape {shape} in {example})",
        "rows are time: (frames, feature dimension)",
        "Save array.T",
    ),
    Rule(
        "ZRC-A12",
        "error",
        "Values too large",
        "values up to {largest:.3g}, whose squares {dtype} cannot hold",
        "frames with a norm: every distance is between frames divided by theirs",
        "Scale the features down, or save them as float64",
    ),
    Rule(
        "ZRC-A13",
        "error",
        "Times that do not increase",
        "{problem}",
        "finite times in seconds, each later than the one before",
        "Begin every line with the time of its frame, or save .npy files, which have no times",
    ),
    Rule(
        "ZRC-A14",
        "error",
        "Frames that are no distributions",
        "{n} of {frames} frames, the first is frame {frame}: {problem}",
        "values from 0 on with a sum of 1 (within 0.001) in every frame, as distance_mode {distance} needs",
        "Apply a softmax, exponentiate log-probabilities, or set distance_mode: cosine in params.yaml",
    ),
)

_META = (
    Rule(
        "ZRC-M01",
        "error",
        "No usable meta.yaml",
        "{problem}",
        "a YAML file with the fields that docs/checks.md lists",
        "Write it; it says who made the submission, and how",
    ),
    Rule(
        "ZRC-M02",
        "error",
        "Missing field",
        "{problem}",
        "{expected}",
        "Fill it in",
    ),
    Rule(
        "ZRC-M03",
        "error",
        "Wrong value",
        "{value}",
        "{expected}",
        "Correct it",
    ),
    Rule(
        "ZRC-M04",
        "error",
        "Placeholder left",
        "still {value}, as in the template",
        "{expected}",
        "Replace it, or leave the field empty where it is optional",
    ),
    Rule(
        "ZRC-M05",
        "error",
        "Another benchmark",
        "{value}",
        "{expected}",
        "Correct it, or choose the benchmark with --zrc-benchmark",
    ),
    Rule(
        "ZRC-M06",
        "error",
        "Field given twice",
        "given again on line {line}, and only the last one counts",
        "each field once",
        "Remove one of the two",
    ),
    Rule(
        "ZRC-M07",
        "warning",
        "Unknown field",
        "not a field of meta.yaml{similar}",
        "only the fields that docs/checks.md lists",
        "Correct its name, or remove it",
    ),
    Rule(
        "ZRC-M08",
        "warning",
        "Recommended field",
        "{problem}",
        "{expected}",
        "Readers of the leaderboard will look for it",
    ),
)

_PARAMS = (
    Rule(
        "ZRC-P01",
        "error",
        "No usable params.yaml",
        "{problem}",
        "a YAML file of parameters, or none for the defaults",
        "Correct or remove it",
    ),
    Rule(
        "ZRC-P02",
        "error",
        "Unknown parameter",
        "no such parameter (value {value}){similar}",
        "{expected}",
        "Correct its name, or remove it: it changes nothing",
    ),
    Rule(
        "ZRC-P03",
        "error",
        "Wrong parameter",
        "{value}",
        "{expected}",
        "Correct it, or remove it for the default",
    ),
    Rule(
        "ZRC-P04",
        "error",
        "Parameter given twice",
        "{value}, and only the last one counts",
        "{expected}",
        "Remove one of the two",
    ),
    Rule(
        "ZRC-P05",
        "warning",
        "Frame shift of the official template",
        "{shift} s, which the official template has by mistake: features with so long a frame shift are rare",
        "the time between two frames{suggestion}",
        "Set feature_size to the frame shift of your features",
    ),
    Rule(
        "ZRC-P06",
        "warning",
        "Limits without effect",
        "{fields}, which profile {profile} does not look at: it compares all tokens and speakers",
        "limits where the profile draws, which librilight does",
        "Remove them, or choose the profile with --zrc-profile=librilight",
    ),
)

_DATASET = (
    Rule(
        "ZRC-D01",
        "error",
        "Damaged item file",
        "{problem}",
        "{expected}",
        "Restore the item file of the dataset",
    ),
)

_ENCODER = (
    Rule(
        "ZRC-E01",
        "error",
        "Encoder that fails",
        "{problem}",
        "an array of shape (frames, dimension)",
        "Correct the encoder",
    ),
    Rule(
        "ZRC-E02",
        "error",
        "Encoder whose output is not 2D",
        "shape {shape}",
        "(frames, dimension), with at least one frame for {seconds:g} s or more",
        "Return one row for each frame; index or squeeze away a dimension for batches",
    ),
    Rule(
        "ZRC-E03",
        "error",
        "Encoder whose output is transposed",
        "{rows} rows whatever the length, and columns that grow with it (shape {shape})",
        "rows are time: (frames, dimension)",
        "Return the array's transpose",
    ),
    Rule(
        "ZRC-E04",
        "error",
        "Encoder whose output is not floats",
        "type {dtype}",
        "floating-point numbers (float16, float32, float64)",
        "Return array.astype('float32'), or set distance_mode: identical in params.yaml for ids of discrete units",
    ),
    Rule(
        "ZRC-E05",
        "error",
        "Encoder whose output is not finite",
        "{n} of {size} values NaN or infinite, the first in frame {frame}, column {column}",
        "finite numbers",
        "Look for an overflow, a logarithm of 0 or a division by 0; compute in float32",
    ),
    Rule(
        "ZRC-E06",
        "error",
        "Encoder whose dimension varies",
        "{dimension} columns",
        "{expected}, as for {reference}",
        "Return the same number of columns for every input",
    ),
    Rule(
        "ZRC-E07",
        "error",
        "Encoder without a frame shift",
        "{counts}",
        "a number of frames that grows in proportion to the duration, but for a frame or two at the edges",
        "Encode the whole input at one frame shift: neither pad it to a fixed length, nor cut it off or trim it",
    ),
    Rule(
        "ZRC-E08",
        "error",
        "Encoder that ignores the sampling rate",
        "{frames} frames",
        "about {expected}, as many as at {sample_rate} Hz",
        "Resample in the encoder, or give it the attribute sample_rate: then all audio comes at that rate",
    ),
    Rule(
        "ZRC-E09",
        "error",
        "Encoder with another frame shift",
        "a frame shift of {shift:.6g} s",
        "{expected:g} s, which {source} says",
        "Correct that, or the encoder: by the frame shift frames are found in time",
    ),
    Rule(
        "ZRC-E10",
        "error",
        "Encoder that does not repeat itself",
        "the second time {problem}",
        "the same output for the same input{tolerance}",
        "Call model.eval(), which switches dropout off; seed what is random; keep no state between inputs",
    ),
    Rule(
        "ZRC-E11",
        "error",
        "Encoder whose batches differ",
        "in a batch {problem}",
        "what each waveform gives alone, within {tolerance:g} of the features' scale",
        "Mask the padding (attention, normalisation, convolutions) and cut its frames off, or do without encode_batch",
    ),
    Rule(
        "ZRC-E12",
        "error",
        "Encoder that fails at silence",
        "{problem}",
        "finite numbers in {dimension} columns",
        "Add a small constant before a logarithm is taken, and to what is divided by (a norm, a standard deviation)",
    ),
    Rule(
        "ZRC-E13",
        "error",
        "Encoder that fails at short inputs",
        "{problem}",
        "finite numbers in {dimension} columns; shape (0, {dimension}) where the input is too short for a frame",
        "Pad the waveform to the receptive field, or return numpy.zeros((0, {dimension}), 'float32')",
    ),
    Rule(
        "ZRC-E14",
        "error",
        "Encoder that fails at long inputs",
        "{problem}",
        "{expected}",
        "Encode long inputs, too: files of a dataset can take minutes; in chunks, if they overlap by the context",
    ),
    Rule(
        "ZRC-E15",
        "error",
        "Encoder that leading silence disturbs",
        "{problem}",
        "about {expected} frames, {lead} of silence and {frames} as without it, in {dimension} columns",
        "Do not trim silence: frames are found in time from the start of the file",
    ),
)

CATALOGUE: Mapping[str, Rule] = {
    rule.code: rule for rule in (*_STRUCTURE, *_ARRAYS, *_META, *_PARAMS, *_DATASET, *_ENCODER)
}


def finding(code: str, where: str, *, subset: str | None, **fields: object) -> Finding:
    """Make a finding from the rule with this code, its templates filled in.

    Args:
        code: a key of the catalogue.
        where: the place, as the user would look for it.
        subset: what it keeps from being scored: a subset, ``None`` for all of them, ``""`` for none.
        fields: of the rule's templates.
    """
    rule = CATALOGUE[code]
    measured, expected, fix = (printable(text.format(**fields)) for text in (rule.measured, rule.expected, rule.fix))
    return Finding(code, rule.severity, printable(where), measured, expected, fix, subset)
