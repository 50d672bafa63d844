# SPDX-License-Identifier: ISC
"""Whether two kinds of things take the same time: a verdict of ranks, with a
margin no chance reaches."""
import statistics

SAMPLES = 60


def superiority(a, b):
    """The chance that one of a is over one of b: 0.5 if they are alike
    (Mann and Whitney's U, divided by its maximum)."""
    over = sum((x > y) + 0.5 * (x == y) for x in a for y in b)
    return over / (len(a) * len(b))


def verdict(known, unknown):
    medians = statistics.median(known), statistics.median(unknown)
    # With 60 samples each the chance's standard deviation is 0.053: 0.25 away
    # from one half is nearly five of it.
    chance = superiority(known, unknown)
    alike = abs(medians[0] - medians[1]) < max(0.0005, 0.1 * max(medians))
    assert alike or abs(chance - 0.5) < 0.25, (medians, chance)
