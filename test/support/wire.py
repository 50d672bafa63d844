# SPDX-License-Identifier: ISC
"""The rules of include/pop3/text.h, told a second time and naively.

Nothing here is shared with lib/: tests compare what the daemon sends with
what these few lines say.
"""
import re


def wire(stored):
    """Stored text as it is announced: CRLF line ends, without stuffing."""
    text = re.sub(rb"(?<!\r)\n", b"\r\n", stored)
    if text and not text.endswith(b"\r\n"):
        text += b"\r\n"
    return text


def stuff(text):
    """Wire text with each dot at the begin of a line doubled."""
    if text.startswith(b"."):
        text = b"." + text
    return text.replace(b"\n.", b"\n..")


def unstuff(text):
    if text.startswith(b"."):
        text = text[1:]
    return text.replace(b"\n.", b"\n")


def top(stored, lines):
    """What TOP n announces: header, empty line, that many lines of body."""
    out = []
    in_body = False
    for line in wire(stored).split(b"\n")[:-1]:
        if in_body and lines == 0:
            break
        lines -= in_body
        out.append(line + b"\n")
        in_body = in_body or line == b"\r"
    return b"".join(out)
