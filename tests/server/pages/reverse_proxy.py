"""A reverse proxy as a program of its own: signs people in by HTTP Basic at one path, and passes on who they are."""

import base64
import http.client
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OURS = ("x-remote-user", "x-proxy-secret")
SIGNED_IN = "/auth/proxy"


def handler(port: int, secret: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            user = self._user()
            signed = self.path.partition("?")[0] == SIGNED_IN
            if signed and not user:
                self.send_response(401)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in OURS}
            headers |= {"X-Forwarded-For": self.client_address[0], "Connection": "close"}
            headers.pop("Authorization", None)
            if signed:
                headers |= {"X-Remote-User": user, "X-Proxy-Secret": secret}
            self._pass_on(headers)

        def _pass_on(self, headers: dict[str, str]) -> None:
            server = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            server.request("GET", self.path, headers=headers)
            answer = server.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in {"connection", "content-length", "transfer-encoding"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            server.close()

        def _user(self) -> str:
            scheme, _, words = self.headers.get("Authorization", "").partition(" ")
            return base64.b64decode(words).decode().partition(":")[0] if scheme == "Basic" else ""

        def log_message(self, *_: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(int(sys.argv[1]), sys.argv[2]))
    print(server.server_address[1], flush=True)
    server.serve_forever()
