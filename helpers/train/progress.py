r"""A progress bar for those who watch, and for no one else."""

import sys


def shown(batches, total, progress):
    """Pass batches on; with `progress`, or where it is None and a person watches, with a bar of text.

    It is written to stderr, but in a notebook to stdout: what is printed next takes the place of the bar that is gone,
    where stderr would leave a red strip.
    """
    if not (watched() if progress is None else progress):
        yield from batches
        return
    from tqdm import tqdm

    yield from tqdm(batches, total=total, unit="step", leave=False, file=sys.stderr if kernel() is None else sys.stdout)


def watched():
    """Whether a person reads along: in a terminal, or a notebook whose frontend lets `input()` ask.

    What runs notebooks by itself (nbval, nbclient, nbconvert) starts the same kernel, and forbids that.
    """
    if kernel() is not None:
        return getattr(kernel(), "_allow_stdin", False)
    return sys.stderr is not None and sys.stderr.isatty()


def kernel():
    """The kernel of the notebook that this runs in, or None."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None)
