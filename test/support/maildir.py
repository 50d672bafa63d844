# SPDX-License-Identifier: ISC
"""A Maildir as an MTA or an IMAP server sees it: beside the daemon."""
import itertools
import os
import shutil

_serial = itertools.count(1)


class Maildir:
    def __init__(self, path, owner=None):
        self.path = os.fsencode(path)
        self.owner = owner
        for folder in (b"", b"/tmp", b"/new", b"/cur"):
            os.makedirs(self.path + folder, mode=0o700, exist_ok=True)
            self._give(self.path + folder)

    def _give(self, path):
        if self.owner is not None:
            os.chown(path, *self.owner, follow_symlinks=False)

    def folder(self, name):
        return self.path + b"/" + os.fsencode(name)

    def deliver(self, stored, base=None, folder="new", info=b""):
        """Writes to tmp/ and renames, as deliveries do; returns the base name."""
        if base is None:
            base = b"%d.M%dP1.test" % (1_700_000_000 + next(_serial), os.getpid())
        temporary = self.path + b"/tmp/" + base
        with open(temporary, "wb") as out:
            out.write(stored)
        self._give(temporary)
        os.rename(temporary, self.folder(folder) + b"/" + base + info)
        return base

    def fill(self, messages):
        for m in messages:
            self.deliver(m.stored, m.base, m.folder, m.info)
        return self

    def files(self):
        """{base name: path} of what is in new/ and cur/."""
        found = {}
        for folder in (b"new", b"cur"):
            for name in os.listdir(self.path + b"/" + folder):
                base = name.split(b":", 1)[0]
                assert base not in found, f"{base!r} is there twice"
                found[base] = self.path + b"/" + folder + b"/" + name
        return found

    def bases(self):
        return set(self.files())

    def rename(self, base, folder, info):
        new = self.folder(folder) + b"/" + base + info
        os.rename(self.files()[base], new)
        return new

    def clear(self):
        for path in self.files().values():
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
