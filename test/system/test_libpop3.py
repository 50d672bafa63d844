# SPDX-License-Identifier: ISC
"""libpop3 as a stranger has it: installed somewhere, found by pkg-config, and
learnt from its manual page alone - the page's example is taken from what man
shows, compiled, and fetches mail from a server of ours."""
import json
import os
import re
import shutil
import subprocess

import pytest

from support import paths, wire

# Of all lengths; with dots, bare CRs and no last line's end.
TEXTS = [b"Subject: one\n\nbody\n", b"", b".\n..\n", b"no end",
         b"Subject: \r five\r\n\r\n.\r\n", b"x" * 70_000 + b"\n.dot\n" * 20_000]
RENDERERS = {
    "mandoc": ["mandoc", "-Tutf8"],
    "man": ["man", "-E", "utf8", "-l"],
}


def run(*command, **kw):
    return subprocess.run([str(c) for c in command], check=False,
                          capture_output=True, timeout=120, **kw)


def must(*command, **kw):
    done = run(*command, **kw)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout.decode()


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Where all was installed, as a package would be made."""
    paths.need_build()
    folder = tmp_path_factory.mktemp("destdir")
    must("meson", "install", "-C", paths.BUILD, "--no-rebuild", "--destdir",
         folder, "--tags", "devel,man,runtime")
    return folder


def installed(tree, name):
    found = [p for p in tree.rglob(name) if p.exists()]
    assert len(found) == 1, (name, found)
    return found[0]


def shown(tree, renderer):
    """The page as a person sees it, without bold and underlined."""
    page = installed(tree, "libpop3.3")
    text = must(*renderer, page, env={**os.environ, "MANWIDTH": "100"})
    return re.sub(".\b", "", text)


def example(text):
    """What stands behind EXAMPLES, from the first line of a program to its
    last: all that is as far to the right."""
    lines = re.split(r"^EXAMPLES$|^SEE ALSO$", text, flags=re.M)[1]
    lines = lines.expandtabs().splitlines()
    begin = next(i for i, s in enumerate(lines) if s.strip() == "/*")
    indent = lines[begin][:lines[begin].index("/*")]
    end = max(i for i, s in enumerate(lines) if s.rstrip() == indent + "}")
    return "".join(s.removeprefix(indent) + "\n"
                   for s in lines[begin:end + 1])


def build_option(name):
    options = json.loads(must("meson", "introspect", "--buildoptions",
                              paths.BUILD))
    return next(o["value"] for o in options if o["name"] == name)


def flags(tree, *wanted):
    """As a build of somebody else asks for them."""
    folder = installed(tree, "libpop3.pc").parent
    text = must("pkg-config", *wanted, "libpop3",
                env={**os.environ, "PKG_CONFIG_LIBDIR": str(folder),
                     "PKG_CONFIG_SYSROOT_DIR": str(tree)})
    sanitize = build_option("b_sanitize")
    return text.split() + ([] if sanitize == "none"
                           else [f"-fsanitize={sanitize}"])


def compiled(tree, folder, source, *more):
    made = folder / "fetch"
    source_path = folder / "fetch.c"
    source_path.write_text(source, encoding="utf-8")
    must("cc", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1",
         source_path, "-o", made, *more)
    return made


def environment(tree):
    return {**os.environ,
            "LD_LIBRARY_PATH": str(installed(tree, "libpop3.so.0").parent)}


@pytest.fixture(params=RENDERERS.values(), ids=RENDERERS.keys())
def fetch(request, tree, tmp_path):
    if shutil.which(request.param[0]) is None:
        pytest.skip(f"no {request.param[0]} here")
    return compiled(tree, tmp_path, example(shown(tree, request.param)),
                    *flags(tree, "--cflags", "--libs"))


def fetch_all(fetch, server, folder, tree, password):
    return run(fetch, *server.address, "alice", cwd=folder,
               env=environment(tree), input=password + b"\n")


def test_the_example_fetches_all(fetch, tree, tmp_path, shared):
    folder = tmp_path / "mail"
    folder.mkdir()
    for text in TEXTS:
        shared.alice.maildir.deliver(text)
    done = fetch_all(fetch, shared, folder, tree, shared.alice.password)
    assert done.returncode == 0, done.stderr
    assert done.stdout == b"%d messages\n" % len(TEXTS)
    got = [(folder / f"{i + 1}.eml").read_bytes() for i in range(len(TEXTS))]
    assert got == [wire.wire(t) for t in TEXTS]
    assert len(shared.alice.maildir.files()) == len(TEXTS)


def test_the_example_says_what_fails(fetch, tree, tmp_path, shared):
    done = fetch_all(fetch, shared, tmp_path, tree, b"wrong")
    assert done.returncode == 1
    assert done.stderr.startswith(b"fetch: PASS: ")
    (tmp_path / "1.eml").write_bytes(b"mine")
    shared.alice.maildir.deliver(TEXTS[0])
    done = fetch_all(fetch, shared, tmp_path, tree, shared.alice.password)
    assert done.returncode == 1
    assert (tmp_path / "1.eml").read_bytes() == b"mine"


def test_all_show_the_same_page(tree):
    """But for how wide a tab is."""
    pages = {tuple(example(shown(tree, r)).split())
             for r in RENDERERS.values() if shutil.which(r[0])}
    assert len(pages) == 1


def test_the_static_library_will_do(tree, tmp_path, shared):
    """Without the shared one, and with each header by itself."""
    headers = installed(tree, "pop3.h").parent
    names = sorted(p.name for p in headers.iterdir())
    assert names == sorted(p.name for p in
                           (paths.ROOT / "include" / "pop3").iterdir())
    source = example(shown(tree, RENDERERS["mandoc"]))
    every = "".join(f"#include <pop3/{n}>\n" for n in names)
    made = compiled(tree, tmp_path, every + source,
                    *flags(tree, "--cflags"), installed(tree, "libpop3.a"))
    assert "libpop3" not in must("ldd", made)
    done = fetch_all(made, shared, tmp_path, tree, shared.alice.password)
    assert done.returncode == 0, done.stderr
