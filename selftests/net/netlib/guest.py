# SPDX-License-Identifier: GPL-2.0
"""What the tests need of the machine they run on, and where things are."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))
UAPI = os.path.join(ROOT, "module", "uapi", "linux", "tcpfsm.h")
DEFS = os.path.join(ROOT, "module", "core", "defs.h")
KSFT_SKIP = 4


def inside():
    """Whether this is a test guest, the only place where the tests may run."""
    return bool(os.environ.get("TCPFSM_GUEST"))


def skip(why):
    print(f"1..0 # SKIP {why}", flush=True)
    sys.exit(KSFT_SKIP)


def loaded():
    return os.path.isdir("/sys/module/tcpfsm")


def ko():
    return os.environ.get("TCPFSM_KO") or os.path.join(
        ROOT, "build", os.environ.get("TCPFSM_GUEST", ""), "tcpfsm.ko")


def tool():
    return os.environ.get("TCPFSM_TOOL") or os.path.join(ROOT, "tools",
                                                         "tcpfsm")


def insmod():
    subprocess.run(["insmod", ko()], check=True)


def rmmod():
    subprocess.run(["rmmod", "tcpfsm"], check=True)


def dry():
    """Whether to run the harness against the kernel alone (TCPFSM_DRY=1)."""
    return os.environ.get("TCPFSM_DRY") == "1"


def require(module=True, need_tool=False):
    """Leave with a SKIP that names what is missing."""
    if not inside():
        skip("a test guest (TCPFSM_GUEST is not set)")
    if os.geteuid():
        skip("root")
    subprocess.run(["modprobe", "-qa", "tun", "veth"], check=False)
    if not os.path.exists("/dev/net/tun"):
        skip("/dev/net/tun")
    if dry():
        return
    if module and not loaded():
        if not os.path.exists(ko()):
            skip(f"the module ({ko()})")
        insmod()
    if need_tool and not os.access(tool(), os.X_OK):
        skip(f"the tool ({tool()})")
