"""Tables and folded parts as Markdown, which a notebook shows as a page and a terminal as text."""


class Markdown(str):
    """Text that a notebook renders."""

    def _repr_markdown_(self):
        return str(self)

    def __repr__(self):
        return str(self)


def table(head, rows):
    """Return a table of rows of cells under a head.

    Examples
    --------
    >>> table(["symbol", "meaning"], [["$x$", "input"], ["$|x|$", "its size"]])
    | symbol | meaning |
    | --- | --- |
    | $x$ | input |
    | $\\|x\\|$ | its size |
    """
    lines = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return Markdown("\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines]))


def folded(title, body):
    """Return a part that shows its title, and its body once the reader opens it."""
    return Markdown(f"<details><summary>{title}</summary>\n\n{body}\n\n</details>")
