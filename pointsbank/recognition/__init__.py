"""Floor 4: a person's file, stars and certificates of service. See README.md at this door."""

from pointsbank.recognition.awards import Award
from pointsbank.recognition.errors import (
    DayAhead,
    LengthInvalid,
    LineStruck,
    LineUnknown,
    MarkInvalid,
    OthersRecord,
    PeopleMissing,
    WordsMissing,
)
from pointsbank.recognition.evaluations import MARKS, Evaluation
from pointsbank.recognition.noted import PEOPLE_MOST
from pointsbank.recognition.operations import (
    BLOCKS,
    note_award,
    note_evaluation,
    note_training,
    strike_out,
)
from pointsbank.recognition.queries import FileBlocks, FileLine, get_blocks, read_blocks
from pointsbank.recognition.trainings import Training

__all__ = [
    "BLOCKS",
    "MARKS",
    "PEOPLE_MOST",
    "Award",
    "DayAhead",
    "Evaluation",
    "FileBlocks",
    "FileLine",
    "LengthInvalid",
    "LineStruck",
    "LineUnknown",
    "MarkInvalid",
    "OthersRecord",
    "PeopleMissing",
    "Training",
    "WordsMissing",
    "get_blocks",
    "note_award",
    "note_evaluation",
    "note_training",
    "read_blocks",
    "strike_out",
]
