"""Measuring (测速): checkouts over HTTP beside the very statements of a checkout said raw.

Everything happens in scratch banks that are made for it and removed afterwards.
"""

from pointsbank.bench.course import Measured, measure
from pointsbank.bench.scratch import scratch_postgresql, scratch_sqlite
from pointsbank.bench.table import table_of

__all__ = ["Measured", "measure", "scratch_postgresql", "scratch_sqlite", "table_of"]
