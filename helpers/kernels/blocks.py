"""Work on blocks of planes that fit the processor's cache, on all its cores."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from helpers.checks import integer

BLOCK_BYTES = 1 << 21  # smaller ones fit a nearer cache, but threads then wait for the interpreter too often
_threads = (
    1 if sys.platform == "emscripten" else len(getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count()))(0))
)


def get_num_threads():
    """Number of threads that large arrays are worked on with."""
    return _threads


def set_num_threads(count):
    """Set the number of threads, at least 1, like torch.set_num_threads."""
    global _threads
    _threads = integer("set_num_threads", "count", count, 1)


@lru_cache(maxsize=1)
def _pool(threads):
    return ThreadPoolExecutor(threads, thread_name_prefix="helpers")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a forked process has none of its parent's threads


def each_block(work, planes, plane_bytes):
    """Call `work(block)` for consecutive slices that cover `planes` planes.

    NumPy lets go of the interpreter inside its loops, so each thread can walk through its own share of the blocks.

    Parameters
    ----------
    work : callable
        Takes a slice of planes; must write only what belongs to those planes.
    planes : int
        Number of planes.
    plane_bytes : int
        Size of one plane in bytes.
    """
    step = max(1, BLOCK_BYTES // max(1, plane_bytes))

    def walk(first, end):
        for start in range(first, end, step):
            work(slice(start, min(start + step, end)))

    threads = min(_threads, planes // step)
    if threads < 2:
        return walk(0, planes)
    shares = [planes * i // threads for i in range(threads + 1)]
    list(_pool(_threads).map(walk, shares[:-1], shares[1:]))
