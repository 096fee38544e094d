"""The picture of the LSTM lab."""

from helpers.experiments.lstm import NETS

from .gates import draw_run


def draw_lstm(result):
    """Return the scene of an LSTM Result."""
    return draw_run(result.run, NETS[result.state.net][0].task, _alt(result), result.state.pin)


def _alt(result):
    state, run = result
    event = f"{state.event} at step {state.step}" if state.event != "nothing" else "then nothing"
    pinned = ", ".join(f"{gate} pinned to {value:g}" for gate, value in state.pin.items())
    return (
        f"LSTM trained on {state.net}: {state.value:g} written at step 0, {event}, {pinned or 'all gates free'}; "
        f"last output {run.output[-1]:.2f}, target {run.target[-1]:.2f}"
    )
