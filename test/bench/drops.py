# SPDX-License-Identifier: ISC
"""Maildrops to measure on: the same octets for every server, from nothing but
the numbers they are asked for by."""
import os
import random
import shutil

from support import hashes

WORDS = ("the mail that waits for whoever calls has come from far away and is "
         "kept here until somebody asks for it by name with a secret of his "
         "own and then it goes out as it came in octet by octet").split()
LINE_COLUMNS = 72
HEADER = (b"Return-Path: <sender%d@example.org>\n"
          b"Received: from mx.example.org by pop.test with ESMTPS; "
          b"Thu, 26 Nov 2026 01:%02d:%02d +0000\n"
          b"From: Sender %d <sender%d@example.org>\n"
          b"To: <somebody@pop.test>\n"
          b"Subject: Message %d of the benchmark\n"
          b"Message-Id: <%d.bench@example.org>\n"
          b"Date: Thu, 26 Nov 2026 01:00:00 +0000\n"
          b"MIME-Version: 1.0\n"
          b"Content-Type: text/plain; charset=us-ascii\n\n")


def lines_of(octets, dots):
    """Text of about so many octets in lines of uneven length, with LF; dots:
    now and then a line begins with one."""
    chance = random.Random(4)
    made, size = [], 0
    while size < octets:
        line = ""
        while len(line) < chance.randrange(20, LINE_COLUMNS):
            line += chance.choice(WORDS) + " "
        if dots and chance.randrange(200) == 0:
            line = "." + line
        made.append(line.rstrip())
        size += len(made[-1]) + 1
    return "\n".join(made).encode() + b"\n"


_BLOCK = {dots: lines_of(1 << 18, dots) for dots in (False, True)}


def message(i, octets, crlf=False, dots=True):
    """Message i: so many octets as stored, and no two are the same."""
    head = HEADER % (i % 97, i // 60 % 60, i % 60, i % 97, i % 97, i, i)
    if crlf:
        head = head.replace(b"\n", b"\r\n")
    block = _block(crlf, dots and not crlf)
    at = block.index(b"\n", (i * 7919) % (len(block) // 2)) + 1
    body = block[at:]
    while len(head) + len(body) < octets:
        body += block
    end = b"\r\n" if crlf else b"\n"
    text = (head + body)[:max(octets, len(head) + 8) - len(end)]
    return text.rstrip(b"\r\n").ljust(octets - len(end), b"x") + end


def _block(crlf, dots):
    if not crlf:
        return _BLOCK[dots]
    if "crlf" not in _BLOCK:
        _BLOCK["crlf"] = _BLOCK[False].replace(b"\n", b"\r\n")
    return _BLOCK["crlf"]


def file_name(i):
    return b"%d.M%06dP1.bench" % (1_700_000_000 + i, i % 1_000_000)


def make_maildir(path, owner):
    for folder in (b"", b"/tmp", b"/new", b"/cur"):
        os.mkdir(path + folder, 0o700)
        os.chown(path + folder, *owner)


def put(path, i, text, owner, folder=b"/new/"):
    """Message i, complete when it appears, as a delivery's is."""
    name = file_name(i)
    temporary = path + b"/tmp/" + name
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(fd, text) if len(text) < 1 << 20 else _write_all(fd, text)
    os.fchown(fd, *owner)
    os.close(fd)
    os.rename(temporary, path + folder + name)


def _write_all(fd, text):
    view = memoryview(text)
    while view:
        view = view[os.write(fd, view):]


def add(site, prefix, count, messages=(), hashed=False):
    """Users prefix0..., with passwords p0...; messages: their texts, of all of
    them alike."""
    for i in range(count):
        secret = b"p%d" % i
        user = site.make_user(b"%s%d" % (prefix, i), secret,
                              hashes.crypt(secret, b"$6$", 5000)
                              if hashed else None, maildir=False)
        path = os.fsencode(site.mail) + b"/" + user.name
        make_maildir(path, user.owner)
        for n, text in enumerate(messages):
            put(path, n, text, user.owner)


def maildir_of(site, name):
    return os.fsencode(site.mail) + b"/" + name, site.users[name].owner


def make_fresh(site, name):
    """The maildrop is as if no server had ever seen it."""
    path, _ = maildir_of(site, name)
    for base in os.listdir(path + b"/cur"):
        os.rename(path + b"/cur/" + base,
                  path + b"/new/" + base.split(b":", 1)[0])
    for other in os.listdir(path):
        if other not in (b"tmp", b"new", b"cur"):
            whole = path + b"/" + other
            if os.path.isdir(whole):
                shutil.rmtree(whole)
            else:
                os.unlink(whole)
