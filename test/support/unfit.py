# SPDX-License-Identifier: ISC
"""Kernels that lack something."""
import os
import shutil

import pytest

# strace and LeakSanitizer both want to trace.
NO_LEAKS = "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")
LANDLOCK = "landlock_create_ruleset"


def pretending(c, call, error):
    """A kernel that answers so to what c runs."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    c.prefix = ["strace", "-f", "-qq", "-o", "/dev/null", "-e",
                f"trace={call}", "-e", f"inject={call}:error={error}"]
    c.env["ASAN_OPTIONS"] = NO_LEAKS
