# SPDX-License-Identifier: ISC
"""Private keys, looked for in the memory of processes, in the forms in which
one is kept: PEM, DER, and the numbers in either order of octets."""
import re

from support.certificates import openssl

PIECE = 16  # octets: by chance none of them is anywhere


def _take(der, at):
    """A DER value's tag, content, and where the next one begins."""
    tag, length, at = der[at], der[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(der[at:at + count], "big"), at + count
    return tag, der[at:at + length], at + length


def _values(der):
    _, inside, _ = _take(der, 0)
    values, at = [], 0
    while at < len(inside):
        _, value, at = _take(inside, at)
        values.append(value.lstrip(b"\0"))
    return values


def numbers(key, kind):
    """{name: octets} of what is secret."""
    if kind == "ec":
        values = _values(openssl("ec", "-in", key, "-outform", "DER"))
        return {"d": values[1]}
    values = _values(openssl("rsa", "-in", key, "-traditional", "-outform",
                             "DER"))
    return dict(zip(("d", "p", "q", "dp", "dq", "qinv"), values[3:9]))


def needles(key, kind):
    """{octets: what they are}"""
    found = {}
    for name, octets in numbers(key, kind).items():
        for order, value in (("big", octets), ("little", octets[::-1])):
            for at in range(0, len(value) - PIECE + 1, PIECE):
                found[value[at:at + PIECE]] = f"{name} {order}-endian at {at}"
    pem = key.read_bytes().split(b"\n")
    for number, line in enumerate(pem[1:-2]):
        found[line[-4 * PIECE:]] = f"PEM line {number + 1}"
    return {k: v for k, v in found.items() if len(k) >= PIECE}


def memory(pid):
    """All that root can read of a process, mapping by mapping."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{pid}/mem", "rb") as mem:
        for line in maps:
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if not m or "[vvar" in line or "[vsyscall" in line:
                continue
            first, end = (int(x, 16) for x in m.groups())
            if end - first > 1 << 32:
                continue  # a sanitizer's shadow
            try:
                mem.seek(first)
                yield mem.read(end - first)
            except OSError:
                continue  # of a device


def search(pid, wanted):
    """Which of the needles are in the process."""
    pattern = re.compile(b"|".join(map(re.escape, wanted)))
    return sorted({wanted[m] for octets in memory(pid)
                   for m in pattern.findall(octets)})
