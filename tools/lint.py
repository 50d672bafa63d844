# SPDX-License-Identifier: ISC
"""What the tools check-* share: which files there are, how to complain, how to
prove on a bad example that a tool can fail.  Runs in: developers' builds."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("include", "lib", "src", "test", "tools", "doc/example")


def files(*suffixes, root=ROOT, folders=FOLDERS):
    """All of the repository's files with such a name, in order."""
    return sorted(p for f in folders for p in (root / f).rglob("*")
                  if p.suffix in suffixes and p.is_file()
                  and "__pycache__" not in p.parts)


def scripts(root=ROOT):
    """All shell scripts: known by their first line."""
    places = [root / "dev", root / ".ci" / "run",
              *sorted((root / "tools").iterdir()),
              *sorted((root / "test").rglob("*.sh"))]
    return [p for p in places if p.is_file()
            and re.match(rb"#!/bin/(ba)?sh", p.read_bytes()[:16])]


def blank(match):
    """The same length and lines, but nothing in it."""
    return re.sub(r"[^\n]", " ", match.group())


def without_text(source):
    """C source whose comments and string and character constants are blanks,
    each quotation mark left standing."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"'
                       r"|'(?:\\.|[^'\\\n])*'", re.S)

    def empty(match):
        text = match.group()
        if text[0] == "/":
            return blank(match)
        return text[0] + " " * (len(text) - 2) + text[-1]
    return token.sub(empty, source)


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1


def shown(path, root=ROOT):
    return path.relative_to(root) if path.is_relative_to(root) else path


def run(*command, **kw):
    return subprocess.run([str(c) for c in command], check=False, text=True,
                          capture_output=True, **kw)


def write_tree(folder, tree):
    """tree: {path: text}"""
    for name, text in tree.items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def prove(check, cases):
    """cases: (words that must be in a complaint, or None for no complaint; a
    tree of files).  check takes the tree's root and yields complaints."""
    for words, tree in cases:
        with tempfile.TemporaryDirectory() as folder:
            for sub in FOLDERS:
                Path(folder, sub).mkdir(parents=True, exist_ok=True)
            write_tree(folder, tree)
            told = [str(c) for c in check(Path(folder))]
        if words is None:
            assert not told, told
        else:
            assert len(told) == 1 and words in told[0], (words, told)


def main(check, cases):
    """The main program of a tool that looks at the tree alone."""
    if sys.argv[1:] == ["--self-test"]:
        prove(check, cases)
        return 0
    return tell(check(ROOT))


def tell(complaints):
    count = 0
    for complaint in complaints:
        print(complaint)
        count += 1
    return 1 if count else 0
