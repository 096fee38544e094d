r"""Windows that slide along one axis: their maxima and sums, the way back, and which of their taps wins."""

import numpy as np

MANY_TAPS, STRIP_BYTES = 8, 1 << 19  # longer windows are doubled, in strips that stay in the processor's cache


def slide(combine, x, windows, axis, out=None):
    """Combine the pixels of each window along one axis.

    Parameters
    ----------
    combine : ufunc
        np.maximum or np.add; padding counts as minus infinity or as 0.
    x : ndarray, (..., H, W)
    windows : Windows
        Those along the axis.
    axis : {-2, -1}
    out : ndarray, optional
        Where to put the result, whose axis is `windows.count` long.

    Returns
    -------
    out : ndarray
    """
    if out is None:
        shape = list(x.shape)
        shape[axis] = windows.count
        out = np.empty(shape, x.dtype)
    if windows.kernel > MANY_TAPS and windows.stride == 1:
        across = -3 - axis  # the other axis
        step = max(1, STRIP_BYTES * x.shape[across] // x.nbytes)
        for start in range(0, x.shape[across], step):
            strip = _along(across, slice(start, start + step))
            _double(combine, x[strip], windows, axis, out[strip])
        return out
    whole = windows.whole_taps
    if len(whole) > 1:  # two taps that every window has give the first value in one pass
        combine(x[_along(axis, whole[0])], x[_along(axis, whole[1])], out=out)
    elif whole:
        out[...] = x[_along(axis, whole[0])]
    else:
        out[...] = -np.inf if combine is np.maximum else 0
    for source in whole[2:]:
        combine(out, x[_along(axis, source)], out=out)
    for source, target in windows.partial_taps:
        some = out[_along(axis, target)]
        combine(some, x[_along(axis, source)], out=some)
    return out


def _double(combine, x, windows, axis, out):
    """Combine windows of 2, 4, 8 ... pixels, each from two of half the size; a window of 15 is one of 8, 4, 2 and 1."""
    shape, padding = list(x.shape), windows.padding
    shape[axis] += 2 * padding
    runs = np.full(shape, -np.inf if combine is np.maximum else 0, x.dtype)  # from each pixel on, `width` of them
    runs[_along(axis, slice(padding, padding + windows.size))] = x
    width, done, total = 1, 0, None
    while True:
        if windows.kernel & width:
            first = done * windows.dilation
            part = runs[_along(axis, slice(first, first + windows.count))]
            total = part if total is None else combine(total, part, out=out)
            done += width
        if done == windows.kernel:
            break
        shift = width * windows.dilation
        runs = combine(runs[_along(axis, slice(0, -shift))], runs[_along(axis, slice(shift, None))])
        width *= 2
    if total is not out:  # one part alone: the kernel is a power of two
        out[...] = total


def spread(grad, windows, axis, out=None):
    """The other way round from sliding a sum: add each window's gradient to every pixel that it read.

    Parameters
    ----------
    grad : ndarray, (..., H, W)
        Its axis is `windows.count` long.
    windows : Windows
    axis : {-2, -1}
    out : ndarray, optional
        Where to put the result, whose axis is `windows.size` long.

    Returns
    -------
    out : ndarray
    """
    if out is None:
        shape = list(grad.shape)
        shape[axis] = windows.size
        out = np.empty(shape, grad.dtype)
    out[...] = 0
    for source, target in windows.taps:
        pixels = out[_along(axis, source)]
        pixels += grad[_along(axis, target)]
    return out


def winning_tap(x, best, windows, axis, has_nan, dtype):
    """Which tap of each window holds its first maximum, or its last NaN: as many as come before it and lose.

    Parameters
    ----------
    x : ndarray, (P, H, W)
    best : ndarray
        The maxima of x that :func:`slide` finds.
    windows : Windows
    axis : {-2, -1}
    has_nan : bool
        Whether there may be NaN among the maxima.
    dtype : dtype of unsigned integers
        Of the result.

    Returns
    -------
    tap : ndarray, in the shape of `best`
    """
    tap = np.zeros(best.shape, dtype)
    losing = np.ones(best.shape, bool)
    for source, target in windows.taps[:-1]:
        some = losing[_along(axis, target)]
        some &= x[_along(axis, source)] != best[_along(axis, target)]
        tap += losing.view(np.uint8)
    if has_nan:
        for number, (source, target) in enumerate(windows.taps):
            np.copyto(tap[_along(axis, target)], number, where=np.isnan(x[_along(axis, source)]))
    return tap


def _along(axis, part):
    return (..., part) if axis == -1 else (..., part, slice(None))
