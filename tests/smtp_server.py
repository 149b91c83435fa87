"""A mail server that catches what is sent to it, on loopback; it can be told to refuse."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(220, "catcher")
        self.recipients = []
        while line := self.rfile.readline():
            verb = line.decode("ascii", "replace").strip()
            if not self.obey(verb.upper(), verb):
                return

    def obey(self, verb, line):
        catcher = self.server.catcher
        if verb.startswith("EHLO"):
            self.wfile.write(b"250-catcher\r\n250 AUTH PLAIN\r\n")
        elif verb.startswith("AUTH"):
            catcher.logins.append(line.split()[-1])
            self.say(235, "welcome")
        elif verb.startswith("MAIL"):
            self.recipients = []
            self.say(catcher.mail_code, "sender")
        elif verb.startswith("RCPT"):
            address = line[line.index("<") + 1 : line.index(">")]
            code = catcher.refuse.get(address, 250)
            if code == 250:
                self.recipients.append(address)
            self.say(code, "recipient")
        elif verb.startswith("DATA"):
            return self.data(catcher)
        elif verb.startswith("QUIT"):
            self.say(221, "bye")
            return False
        else:
            self.recipients = [] if verb.startswith("RSET") else self.recipients
            self.say(250, "fine")
        return True

    def data(self, catcher):
        self.say(354, "go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if catcher.data_code != 250:
            self.say(catcher.data_code, "not this one")
            return True
        content = b"".join(lines)
        message = email.message_from_bytes(content, policy=email.policy.default)
        catcher.caught.append((tuple(self.recipients), message))
        if catcher.hang_up:  # taken, but the answer is lost: as when a process dies
            return False
        self.say(250, "taken")
        return True

    def say(self, code, text):
        self.wfile.write(f"{code} {text}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Catcher:
    """A mail server; ``caught`` are (recipients, message) in order."""

    def __init__(self):
        self.caught, self.logins = [], []
        self.refuse = {}  # address -> code
        self.mail_code = self.data_code = 250
        self.hang_up = False
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.catcher = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def messages(self):
        return [message for _, message in self.caught]

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
