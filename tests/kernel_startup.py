"""The first thing that a kernel under test runs: from here on, no socket of it reaches another machine.

What is refused is also written down beside the kernel's profile, for conftest.py to read: a cell may catch an error.
"""


def _stay_on_this_machine():
    import os
    import sys

    refusals = os.path.join(os.environ["IPYTHONDIR"], "refused.txt")

    def refuse(event, arguments):
        if event in ("socket.getaddrinfo", "socket.gethostbyname"):
            host = arguments[0]
        elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # None: a file, or already connected
        else:
            return
        host = host.decode() if isinstance(host, bytes) else host
        if host and host not in ("localhost", "::1", "0.0.0.0", "::") and not str(host).startswith("127."):
            with open(refusals, "a", encoding="utf-8") as file:
                file.write(f"{event} to {host}\n")
            raise ConnectionRefusedError(f"{event} to {host}: the course runs without a network, and so do its tests")

    sys.addaudithook(refuse)


_stay_on_this_machine()
del _stay_on_this_machine
