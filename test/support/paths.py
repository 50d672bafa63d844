# SPDX-License-Identifier: ISC
"""Where things are: the build folder comes in RESTANTE_BUILD."""
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("RESTANTE_BUILD", ROOT / "build")).resolve()


def program(name):
    folder = {"restanted": "master", "restantectl": "ctl",
              "restante-bench": "bench", "restante": "fetch"}.get(
        name, name.removeprefix("restanted-").removesuffix("-breach"))
    return BUILD / "src" / folder / name


def is_sanitized():
    """Whether the build has AddressSanitizer: memory and time mean less then."""
    try:
        return b"__asan_init" in program("restanted").read_bytes()
    except FileNotFoundError:
        return False


def need_build():
    if not program("restanted").exists():
        pytest.skip(f"no restanted in {BUILD}: set RESTANTE_BUILD")
