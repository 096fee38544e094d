"""The two controls by which a reader chooses a picture: one of those shipped, or an own file."""

from helpers.experiments.pictures import OWN, PICTURES

from . import controls


def picture_controls(picture, own):
    """Return `{"picture": choice, "own": upload}`, set to these values; an upload is shown at once."""
    chosen = controls.choice("picture", PICTURES, picture)
    upload = controls.upload("Upload, up to 10 MB", "image/*", own)

    def show_own(change):
        if change["new"]:
            chosen.value = OWN

    upload.observe(show_own, "value")
    return {"picture": chosen, "own": upload}
