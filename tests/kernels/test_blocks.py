"""Work on blocks covers every plane once, in blocks of a known size, on as many threads as were asked for."""

import threading

import pytest

from helpers.kernels import blocks


@pytest.fixture
def threads():
    """Set the number of threads; the one before comes back."""
    before = blocks.get_num_threads()
    yield blocks.set_num_threads
    blocks.set_num_threads(before)


def walked(planes, plane_bytes):
    """The slices that each_block works on, in order, and the names of the threads that did."""
    slices, names = [], set()

    def work(block):
        slices.append((block.start, block.stop))
        names.add(threading.current_thread().name)

    blocks.each_block(work, planes, plane_bytes)
    return sorted(slices), names


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("planes", [0, 1, 2, 3, 7, 64])
@pytest.mark.parametrize("plane_bytes", [0, 1, blocks.BLOCK_BYTES // 3, blocks.BLOCK_BYTES, 5 * blocks.BLOCK_BYTES])
def test_every_plane_is_worked_on_once(threads, planes, plane_bytes, count):
    threads(count)
    slices, _ = walked(planes, plane_bytes)
    assert [plane for start, stop in slices for plane in range(start, stop)] == [*range(planes)]


def test_a_block_holds_as_many_planes_as_fit_and_at_least_one(threads):
    threads(1)
    half = blocks.BLOCK_BYTES // 2
    assert walked(5, half)[0] == [(0, 2), (2, 4), (4, 5)]
    assert walked(3, half + 1)[0] == [(0, 1), (1, 2), (2, 3)]
    assert walked(2, 9 * half)[0] == [(0, 1), (1, 2)]
    assert walked(blocks.BLOCK_BYTES + 1, 1)[0] == [
        (0, blocks.BLOCK_BYTES),
        (blocks.BLOCK_BYTES, blocks.BLOCK_BYTES + 1),
    ]
    assert walked(blocks.BLOCK_BYTES + 1, 0)[0] == walked(blocks.BLOCK_BYTES + 1, 1)[0]


def test_threads_share_the_blocks_where_each_has_one(threads):
    own = threading.current_thread().name
    threads(2)
    assert walked(1, blocks.BLOCK_BYTES)[1] == {own}, "one block needs no second thread"
    assert own not in walked(2, blocks.BLOCK_BYTES)[1]
    threads(1)
    assert walked(64, blocks.BLOCK_BYTES)[1] == {own}


def test_an_error_on_a_thread_reaches_the_caller(threads):
    threads(2)

    def work(block):
        raise ArithmeticError(f"planes {block.start}")

    with pytest.raises(ArithmeticError, match="planes"):
        blocks.each_block(work, 4, blocks.BLOCK_BYTES)


def test_the_number_of_threads_is_an_integer_of_at_least_one(threads):
    threads(3)
    assert blocks.get_num_threads() == 3
    for error, value in ((ValueError, 0), (TypeError, 1.0), (TypeError, True)):
        with pytest.raises(error, match=r"^set_num_threads: count must be "):
            threads(value)
    assert blocks.get_num_threads() == 3


# A mutation run leaves here: a pool of another number of threads than asked for; the shares are the same.
