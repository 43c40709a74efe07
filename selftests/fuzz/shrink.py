#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a finding shorter, as long as it breaks the same law.

    shrink.py FUZZER FINDING OUT
"""
import pathlib
import re
import subprocess
import sys
import tempfile

QUIET = {"ASAN_OPTIONS": "symbolize=0", "UBSAN_OPTIONS": "symbolize=0"}
COMPLAINT = re.compile(r"broken: .*|ERROR: AddressSanitizer: \S+|runtime error: .*")


def complaint(fuzzer, data, file):
    """The law or report that the fuzzer prints for the input, or None."""
    file.write_bytes(data)
    done = subprocess.run([fuzzer, file], capture_output=True, text=True,
                          errors="replace", env=QUIET, check=False)
    found = COMPLAINT.search(done.stderr)
    return found and found[0]


def without(data, size):
    """All inputs with one run of "size" octets removed."""
    for start in range(0, len(data), size):
        yield data[:start] + data[start + size:]


def simpler(data):
    """All inputs with some bits of one octet cleared."""
    for i, octet in enumerate(data):
        for value in {0, octet & 0x0f, octet & 0xf0} - {octet}:
            yield data[:i] + bytes([value]) + data[i + 1:]


def first(candidates, holds):
    return next((data for data in candidates if holds(data)), None)


def shrink(data, holds):
    size = max(len(data) // 2, 1)
    while size:
        found = first(without(data, size), holds)
        if found is None:
            size //= 2
        else:
            data = found
    while (found := first(simpler(data), holds)) is not None:
        data = found
    return data


def main(fuzzer, finding, out):
    fuzzer = pathlib.Path(fuzzer).resolve()
    data = pathlib.Path(finding).read_bytes()
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "input"
        what = complaint(fuzzer, data, file)
        if not what:
            sys.exit(f"shrink.py: {fuzzer.name} does not complain about {finding}")
        data = shrink(data, lambda shorter: complaint(fuzzer, shorter, file) == what)
    pathlib.Path(out).write_bytes(data)
    print(f"{len(data)} octets: {what}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
