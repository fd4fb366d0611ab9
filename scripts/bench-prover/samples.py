# SPDX-License-Identifier: Apache-2.0
"""The samples that provers are given."""

import numpy


def labelled(path):
    """The samples of a file, and of each its label, which is the last column; a line of names is left out."""
    rows = numpy.genfromtxt(path, delimiter=",", dtype=numpy.float64)
    rows = rows[~numpy.isnan(rows).any(axis=1)]
    return rows[:, :-1], rows[:, -1].astype(int)
