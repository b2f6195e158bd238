#!/bin/bash
# Measures mount calls as mounts, names and peers grow, on the host (as root, in a mount namespace of its own) and under
# nsentry, and prints both with their growth from the smallest size. NSENTRY=… run.sh [SIZE …]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nsentry=${NSENTRY:-$here/../../.build/release/nsentry}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
chmod 755 "$build"
gcc -O2 -o "$build/mounts" "$here/mounts.c"
mkdir "$build/host"
if [ "$(id -u)" = 0 ]; then
    (cd "$build/host" && timeout 300 unshare -m "$build/mounts" "$@") >"$build/host.txt" ||
        echo "the host lets nobody mount: nsentry only" >&2
fi
timeout 600 "$nsentry" run --bind "$build:$build:ro" -- sh -c 'mkdir /tmp/here && cd /tmp/here && exec "$0" "$@"' \
    "$build/mounts" "$@" >"$build/nsentry.txt"

python3 - "$build" <<'PYTHON'
import sys

values, order = {}, []
for world in ("host", "nsentry"):
    try:
        lines = open(f"{sys.argv[1]}/{world}.txt").read().splitlines()[1:]
    except OSError:
        continue
    for line in lines:
        name, size, time = line[:24].strip(), *line[24:].split()
        key = name, int(size)
        if key not in values:
            order.append(key)
        values.setdefault(key, {})[world] = float(time)
first = {}
print(f"{'ns per round (median)':26}{'size':>7}{'host':>13}{'growth':>8}{'nsentry':>13}{'growth':>8}")
for name, size in sorted(order, key=lambda key: (order.index(next(k for k in order if k[0] == key[0])), key[1])):
    row = f"{name:26}{size:7}"
    for world in ("host", "nsentry"):
        time = values[name, size].get(world)
        start = first.setdefault((name, world), time)
        row += f"{time:13,.0f}{time / start:8.1f}" if time and start else f"{'–':>13}{'–':>8}"
    print(row)
PYTHON
