# SPDX-License-Identifier: ISC
"""A long line: what is sent arrives as late as light makes it, in order, at
any rate.

A process of its own, one epoll loop.  Each piece that is read is written on
exactly one_way seconds later; how much is on its way is bounded only far above
what any test sends (IN_FLIGHT_MAX).  The three-way handshake of TCP costs what
it would: the server is connected to when the client's ACK would be there.
There is no slow start, no loss and no limit of rate: the round trips alone.
"""
import errno
import heapq
import itertools
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import deque

PIECE = 1 << 18
IN_FLIGHT_MAX = 1 << 29
TIMEOUT_S = 10


class Half:
    """One direction of a connection."""

    def __init__(self, source):
        self.source, self.target = source, None
        self.queue = deque()  # [(due, octets)], in order; b"" is the end
        self.in_flight = 0
        self.is_over = False  # no more will be read
        self.is_stuck = False # the target takes no more for now


class Line:
    def __init__(self, listener, upstream, one_way):
        self.listener, self.upstream, self.one_way = (listener, upstream,
                                                      one_way)
        self.poll = select.epoll()
        self.poll.register(listener, select.EPOLLIN)
        self.reads, self.writes = {}, {}  # {descriptor: Half}
        self.masks = {}
        self.due, self.serial = [], itertools.count()

    def at(self, when, what, *arguments):
        heapq.heappush(self.due, (when, next(self.serial), what, arguments))

    def run(self):
        while True:
            wait = -1
            if self.due:
                wait = max(0.0, self.due[0][0] - time.monotonic())
            for fd, events in self.poll.poll(wait):
                self.on_event(fd, events)
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                _, _, what, arguments = heapq.heappop(self.due)
                what(*arguments)

    def on_event(self, fd, events):
        if fd == self.listener.fileno():
            self.accept()
            return
        if events & select.EPOLLOUT and fd in self.writes:
            self.writes[fd].is_stuck = False
            self.write(self.writes[fd])
        if events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            if fd in self.reads:
                self.read(self.reads[fd])

    def accept(self):
        client, _ = self.listener.accept()
        prepare(client)
        # SYN, SYN and ACK, ACK: only then has the server a connection.
        up, down = Half(client), Half(None)
        down.target = client
        self.reads[client.fileno()] = up
        self.watch(client)
        self.at(time.monotonic() + 3 * self.one_way, self.connect, up, down)

    def connect(self, up, down):
        if up.source.fileno() < 0:
            return  # the client has gone meanwhile
        try:
            server = socket.create_connection(self.upstream, TIMEOUT_S)
        except OSError:
            self.close(up.source)
            return
        prepare(server)
        up.target, down.source = server, server
        self.reads[server.fileno()] = down
        self.writes[server.fileno()] = up
        self.writes[up.source.fileno()] = down
        self.watch(server)
        self.write(up)

    def watch(self, sock):
        fd = sock.fileno()
        if fd < 0:
            return
        mask = 0
        half = self.reads.get(fd)
        if half and not half.is_over and half.in_flight < IN_FLIGHT_MAX:
            mask |= select.EPOLLIN
        if fd in self.writes and self.writes[fd].is_stuck:
            mask |= select.EPOLLOUT
        if fd not in self.masks:
            self.poll.register(fd, mask)
        elif self.masks[fd] != mask:
            self.poll.modify(fd, mask)
        self.masks[fd] = mask

    def read(self, half):
        try:
            octets = half.source.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        due = time.monotonic() + self.one_way
        half.queue.append((due, octets))
        half.in_flight += len(octets)
        half.is_over = not octets
        self.watch(half.source)
        self.at(due, self.write, half)

    def write(self, half):
        now = time.monotonic()
        while (half.target is not None and half.queue and not half.is_stuck
               and half.queue[0][0] <= now):
            due, octets = half.queue.popleft()
            if not octets:
                self.end(half)
                return
            try:
                sent = half.target.send(octets)
            except OSError as e:
                if e.errno != errno.EAGAIN:
                    self.close(half.target)
                    self.close(half.source)
                    return
                sent = 0
            half.in_flight -= sent
            if sent < len(octets):
                half.queue.appendleft((due, octets[sent:]))
                half.is_stuck = True
        if half.target is not None:
            self.watch(half.target)
        self.watch(half.source)

    def end(self, half):
        """The source has said all."""
        try:
            half.target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # gone
        back = self.reads.get(half.target.fileno())
        if back is None or (back.is_over and not back.queue):
            self.close(half.target)
            self.close(half.source)

    def close(self, sock):
        fd = sock.fileno() if sock is not None else -1
        if fd < 0:
            return
        self.reads.pop(fd, None)
        self.writes.pop(fd, None)
        if self.masks.pop(fd, None) is not None:
            self.poll.unregister(fd)
        sock.close()


def prepare(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)


class DelayingProxy:
    """Before a server's address, in a process of its own."""

    def __init__(self, upstream, one_way=0.05):
        self.upstream, self.one_way = upstream, one_way
        self.process = None
        self.address = None

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.upstream[0], str(self.upstream[1]),
             str(self.one_way)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.address = ("127.0.0.1", int(self.process.stdout.readline()))
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdin.close()
        self.process.stdout.close()


def main():
    host, port, one_way = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    Line(listener, (host, int(port)), float(one_way)).run()


if __name__ == "__main__":
    main()
