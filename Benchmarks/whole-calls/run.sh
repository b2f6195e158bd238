#!/bin/bash
# Runs the same small program natively, under nsentry and, where installed, under proot, in alternating rounds of one
# run, so that the machine's mood is the same for all; prints medians and ratios. ROUNDS=7 NSENTRY=… run.sh [NAME …]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
nsentry=${NSENTRY:-$repo/.build/release/nsentry}
rounds=${ROUNDS:-7}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
chmod 755 "$build"
gcc -O2 -pthread -o "$build/calls" "$here/calls.c"
cd "$build"

worlds=(native)
[ -x "$nsentry" ] && worlds+=(nsentry) || echo "no nsentry at $nsentry: native only" >&2
command -v proot >/dev/null && worlds+=(proot)

run_in() { # world, command…
    local world=$1
    shift
    case $world in
    native) "$@" ;;
    nsentry) "$nsentry" run -- "$@" ;;
    proot) proot -r / "$@" ;;
    esac
}

for ((round = 1; round <= rounds; round++)); do
    for world in "${worlds[@]}"; do
        echo "round $round of $rounds: $world" >&2
        timeout 120 bash -c "$(declare -f run_in); nsentry='$nsentry'; run_in $world $build/calls $*" >>"$build/$world.txt" ||
            echo "$world: failed in round $round" >&2
        # From start to exit, ten times, the whole divided by ten.
        start=$(date +%s%N)
        ran=0
        for _ in 1 2 3 4 5 6 7 8 9 10; do run_in "$world" /bin/true && ran=$((ran + 1)) || true; done
        [ "$ran" = 10 ] && echo "start-to-exit-of-true $((($(date +%s%N) - start) / 10))" >>"$build/$world.txt"
    done
done

python3 - "$build" "${worlds[@]}" <<'PYTHON'
import statistics
import sys

build, worlds = sys.argv[1], sys.argv[2:]
values = {}
order = []
for world in worlds:
    for line in open(f"{build}/{world}.txt"):
        name, number = line.split()
        values.setdefault(name, {}).setdefault(world, []).append(float(number))
        if name not in order:
            order.append(name)
print(f"{'ns per call (median)':24}" + "".join(f"{world:>14}" for world in worlds) + "".join(f"{world + ' ×':>12}" for world in worlds[1:]))
for name in order:
    median = {world: statistics.median(numbers) for world, numbers in values[name].items()}
    row = f"{name:24}" + "".join(f"{median.get(world, float('nan')):14,.0f}" for world in worlds)
    row += "".join(f"{median.get(world, float('nan')) / median.get('native', float('nan')):12.2f}" for world in worlds[1:])
    print(row)
PYTHON
