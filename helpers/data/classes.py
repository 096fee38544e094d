r"""Classes in balance: labels dealt out evenly, and a split into training and test that keeps their shares."""

from typing import NamedTuple

import numpy as np

from helpers import checks


class Split(NamedTuple):
    """The numbers of the examples to learn from, `train`, and of those kept back, `test`: int64, in random order."""

    train: np.ndarray
    test: np.ndarray


def balanced_labels(n, classes, rng):
    """Return (n,) int64 labels in random order; the counts of the classes differ by at most one."""
    return rng.permutation(np.arange(n, dtype=np.int64) % min(n, classes))


def split(labels, share=0.25, groups=None, *, rng):
    r"""Part examples into training and test, every class in its share.

    Parameters
    ----------
    labels : array of int (N,)
        The class of each example.
    share : float
        The part that goes to the test, above 0 and below 1.
    groups : array of int (N,), optional
        Examples of one group, such as one writer's, stay together. Groups are then drawn at random until the test holds
        its share, and the balance is that of the groups.
    rng : numpy.random.Generator or int
        An integer is a seed: the same seed gives the same split.

    Returns
    -------
    Split
        `train` and `test`, int64 indices in random order; together they hold every example once.

    Raises
    ------
    TypeError, ValueError
        An argument of the wrong kind, value or shape; a class that would be missing in the training or in the test.

    Notes
    -----
    Without groups each class gives round(share * its count) of its examples to the test.

    A random split answers the question "how well does the net know more examples like these". Where examples come in
    families (one person's digits, sentences of one bag of words), the test then holds brothers of what was learned and
    looks easier than new families are. `groups` asks the harder question.

    Examples
    --------
    >>> train, test = split([0, 0, 0, 0, 1, 1, 1, 1], rng=0)
    >>> len(train), test.tolist()
    (6, [2, 4])
    """
    labels = _numbers("labels", labels)
    share = checks.number("split", "share", share, "above 0 and below 1", lambda value: 0 < value < 1)
    rng = checks.generator("split", rng)
    order = rng.permutation(len(labels))
    if groups is None:
        tested = np.zeros(len(labels), dtype=bool)
        for label in np.unique(labels):
            members = order[labels[order] == label]
            tested[members[: round(share * len(members))]] = True
    else:
        groups = _numbers("groups", groups)
        if groups.shape != labels.shape:
            raise ValueError(f"split: groups must have the labels' shape {labels.shape}, got {groups.shape}")
        names, counts = np.unique(groups, return_counts=True)
        drawn = rng.permutation(len(names))
        needed = np.searchsorted(np.cumsum(counts[drawn]), share * len(labels)) + 1
        tested = np.isin(groups, names[drawn[:needed]])
    for part, chosen in (("training", ~tested), ("test", tested)):
        missing = np.setdiff1d(labels, labels[chosen])
        if missing.size:
            raise ValueError(f"split: share={share:g} leaves no example of class {missing[0]} for the {part}")
    return Split(order[~tested[order]], order[tested[order]])


def _numbers(name, value):
    array = checks.rectangular("split", name, value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"split: {name} must hold integers, got dtype {array.dtype}")
    if array.ndim != 1:
        raise ValueError(f"split: {name} must have shape (N,), got {array.shape}")
    return array
