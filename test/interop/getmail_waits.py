# SPDX-License-Identifier: ISC
"""getmail, as it is but for a fault: it asks to hear of a child's end when the
child has begun already, so that it waits a minute, and in vain, for one that
was quick; then it gives up.  Here it waits as waitpid does."""
import os
import runpy
import shutil
import sys

from getmailcore.baseclasses import ForkingBase


def wait_for_child(_self, pid):
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


ForkingBase._prepare_child = lambda _self: None
ForkingBase._wait_for_child = wait_for_child
sys.argv[0] = shutil.which("getmail")
runpy.run_path(sys.argv[0], run_name="__main__")
