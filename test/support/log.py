# SPDX-License-Identifier: ISC
"""A server's log file, read while it is written."""
import re

from support import proc


class Log:
    def __init__(self, path):
        self.path = path
        path.touch()

    def writer(self):
        return open(self.path, "ab")

    def octets(self):
        return self.path.read_bytes()

    def text(self):
        return self.octets().decode("utf-8", "backslashreplace")

    def lines(self):
        return self.octets().splitlines()

    def mark(self):
        """A point in the log, for wait(after=)."""
        return self.path.stat().st_size

    def match(self, pattern):
        return [line for line in self.lines() if re.search(pattern, line)]

    def find(self, pattern):
        return re.findall(pattern, self.octets())

    def wait(self, pattern, after=0, seconds=20.0, alive=None):
        """Until a line behind the mark matches; alive: a process that must
        not end meanwhile."""
        def found():
            match = re.search(pattern, self.octets()[after:])
            if match is None and alive is not None and alive.poll() is not None:
                raise AssertionError(f"ended with {alive.returncode}, without "
                                     f"{pattern!r}:\n{self.text()}")
            return match
        try:
            return proc.wait_until(found, seconds)
        except AssertionError as e:
            raise AssertionError(f"{pattern!r}: {e}\n{self.text()}") from None


FIELD = re.compile(rb'(\w+)=("(?:[^"\\]|\\.)*"|\S*)')


def fields(line):
    """{key: value} of a log line, values without their quotes."""
    return {k.decode(): v.strip(b'"') for k, v in FIELD.findall(line)}
