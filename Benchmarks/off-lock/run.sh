#!/bin/bash
# What one task's getppid(2) costs while another keeps the host busy: copies of large files, long listings, syncs, a slow
# file system. Each ratio is to the same probe idle. NSENTRY names the binary.
set -eu
cd "$(dirname "$0")/../.."
nsentry=${NSENTRY:-$PWD/.build/release/nsentry}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -static -o "$work/probe" Benchmarks/off-lock/probe.c
gcc -O2 -o "$work/slow-files" Benchmarks/off-lock/slow-files.c -lpthread
mkdir "$work/big" "$work/many" "$work/slow"
for i in 0 1 2 3; do head -c 300M /dev/urandom > "$work/big/big$i"; done
seq 1 100000 | (cd "$work/many" && sed s/^/f/ | xargs touch)

probe() { # LOAD DIRECTORY
    "$nsentry" run --bind "$work/probe:/probe:ro" --bind "$work/$2:/data" -- /probe "$1" /data
}
probe write-open big
probe list many
probe sync big
if [ -w /dev/fuse ] && [ "$(id -u)" = 0 ]; then
    # The file system is mounted where nobody else sees it.
    export -f probe
    export work nsentry
    unshare -m --propagation private "$work/slow-files" "$work/slow" 50 bash -c 'probe names slow'
else
    echo "names      left out: mounting a slow file system takes root and /dev/fuse"
fi
