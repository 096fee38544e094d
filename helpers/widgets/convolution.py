"""The labs of the lesson on convolution."""

from helpers.experiments import convolution, receptive_field
from helpers.plots.convolution import draw_convolution
from helpers.plots.receptive_field import draw_receptive_field

from . import controls
from .app import App
from .pictures import picture_controls


def convolution_lab(**settings):
    """Return the convolution lab, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = convolution_lab(padding=1)
    >>> lab.result.out.shape
    (1, 8, 8)
    """
    start = convolution.State(**settings)
    return App(
        "convolution",
        convolution.State,
        {
            "kernel": controls.Grid("kernel", start.kernel, -99.0, 99.0, 0.5, presets=convolution.KERNELS),
            **picture_controls(start.picture, start.own),
            "stride": controls.Slider("stride", start.stride, 1, 8),
            "padding": controls.Slider("padding", start.padding, 0, 4),
            "dilation": controls.Slider("dilation", start.dilation, 1, 3),
            "window": controls.Slider("window", start.window, 0, 323),
        },
        convolution.compute,
        draw_convolution,
        convolution.describe,
        adjust=lambda result: {
            "window": {"max": result.rows.count * result.cols.count - 1, "disabled": not result.numbered}
        },
    )


def receptive_field_lab(**settings):
    """Return the lab of receptive fields, its controls set to a `State` with these settings.

    Examples
    --------
    >>> lab = receptive_field_lab(layers=2)
    >>> lab.result.reach
    [1, 3, 5]
    """
    start = receptive_field.State(**settings)
    names = [f"layer {number}" for number in range(1, receptive_field.MOST_LAYERS + 1)]
    table = controls.Grid(
        "sizes", start.sizes, 1, receptive_field.LARGEST, rows=names, columns=receptive_field.SETTINGS
    )
    return App(
        "receptive-field",
        receptive_field.State,
        {
            "sizes": table,
            "layers": controls.Slider("layers", start.layers, 1, receptive_field.MOST_LAYERS),
            "pixels": controls.Slider("pixels", start.pixels, 1, 40),
            "unit": controls.Slider("unit", start.unit, 0, 39),
        },
        receptive_field.compute,
        draw_receptive_field,
        receptive_field.describe,
        adjust=lambda result: {
            "unit": {"max": result.counts[-1] - 1},
            "sizes": {"shown": result.state.layers},
        },
    )
