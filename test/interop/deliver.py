# SPDX-License-Identifier: ISC
"""A mail delivery agent for fetchmail: standard input to a file in new/, octet
for octet."""
import os
import shutil
import sys

name = "%s/new/%d.%d" % (sys.argv[1], os.getpid(), os.stat("/proc/self").st_ctime_ns)
with open(name, "xb") as out:
    shutil.copyfileobj(sys.stdin.buffer, out)
