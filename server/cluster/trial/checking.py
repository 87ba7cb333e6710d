"""`python -m server.cluster.trial.checking HOST PORT SCRIPT`: what galera-check.socket does where there is no systemd.

For each connection the script is run, and what it prints is the answer.
"""

import socketserver
import subprocess
import sys
from typing import Final

SCRIPT_S: Final = 3.0


class _Answer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        """A script that hangs is as good as none: the proxy hears nothing."""
        self.request.settimeout(SCRIPT_S)
        try:
            # The question first: a connection that is closed before it is read is reset, answer and all.
            self.request.recv(4096)
            done = subprocess.run(["/bin/sh", sys.argv[3]], stdout=subprocess.PIPE, timeout=SCRIPT_S, check=False)
            self.request.sendall(done.stdout)
        except (OSError, subprocess.TimeoutExpired):
            return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    with _Server((sys.argv[1], int(sys.argv[2])), _Answer) as server:
        server.serve_forever()
