"""Run the ledger from the command line and fail where a difference is beyond its bound."""

import argparse
import sys

from helpers import ledger


def main(arguments=None):
    """Print the ledger; return 1 where it does not hold, else 0."""
    parser = argparse.ArgumentParser(prog="python -m helpers.ledger", description=ledger.__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", help="implementations, for example LSTM MaxPool2d; all without")
    parser.add_argument("--quick", action="store_true", help="a few settings of each, in seconds")
    options = parser.parse_args(arguments)
    try:
        names = ledger.chosen(options.names or None)
    except ValueError as error:
        parser.error(str(error))
    book = ledger.run(names, quick=options.quick)
    print(book)
    return 0 if book.holds else 1


if __name__ == "__main__":
    sys.exit(main())
