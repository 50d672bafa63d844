# SPDX-License-Identifier: ISC
"""What servers that are played have in common: a listener on loopback, and a
thread for each connection, all of which end with it."""
import itertools
import socket
import threading


def hang_up(socks):
    """Whoever reads or writes there comes to an end."""
    for sock in socks:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has gone already


class Listening:
    """A context manager; address is where it listens."""

    def __init__(self, port=0):
        self.listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.address = self.listener.getsockname()
        self.open, self.threads = [], []
        self.acceptor = threading.Thread(target=self._accept, daemon=True)

    def player(self, sock, number):
        """What a thread is to call for this connection, counted from 0."""
        raise NotImplementedError

    def __enter__(self):
        self.acceptor.start()
        return self

    def __exit__(self, *exc):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join()
        self.listener.close()
        hang_up(self.open)
        for thread in self.threads:
            thread.join(20)
            assert not thread.is_alive()

    def _accept(self):
        for number in itertools.count():
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.open.append(sock)
            thread = threading.Thread(target=self.player(sock, number),
                                      daemon=True)
            self.threads.append(thread)
            thread.start()
