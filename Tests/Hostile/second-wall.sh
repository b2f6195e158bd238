#!/bin/bash
# The second wall alone: the attacks of second-wall.c with the first wall switched off, and what they did to the host.
# As root it is tried as root and as an ordinary user. The victim belongs to the user as whom the tasks run, so that
# nothing but the wall is in the way. `-v` prints each try.
set -u
here=$(cd "$(dirname "$0")" && pwd)
nsentry=${NSENTRY:-$here/../../.build/release/nsentry}
verbose=0
[ "${1-}" = -v ] && verbose=1
work=$(mktemp -d /tmp/second-wall-XXXXXX)
chmod 755 "$work"
victim=
cleanup() {
    [ -n "$victim" ] && kill "$victim" 2>/dev/null
    rm -rf "$work"
}
trap cleanup EXIT
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }

gcc -std=gnu17 -O1 -Wall -static -o "$work/second-wall" "$here/second-wall.c" || exit 1
install -m 755 "$nsentry" "$work/nsentry"
install -m 644 "$here/victim.py" "$work/victim.py"

# What an attack could change: names, types, sizes, contents and times of writing. Modes and owners are not Landlock's.
picture() { (cd "$1" && find . ! -name attributes ! -path . -printf '%p %y %s %T@ %l\n' | sort; cat file other); }

# attack LABEL USER-OF-THE-TASKS COMMAND-PREFIX…
attack() {
    local label=$1 user=$2 directory="$work/$1" name="nsentry-second-wall-$$-$1" as=()
    shift 2
    [ "$(id -u)" = 0 ] && as=(setpriv --reuid "$user" --regid "$user" --clear-groups)
    mkdir "$directory" "$directory/victim"
    cp "$work/second-wall" "$directory"
    cd "$directory/victim" || exit 1
    mkdir sub
    echo content > file
    echo content > other
    echo content > attributes
    ln -s file a-symlink
    [ "$(id -u)" = 0 ] && chown -R "$user:$user" "$directory"
    "${as[@]}" /usr/bin/python3 "$work/victim.py" "$directory/victim" "$name" > "$work/$label.victim" 2>&1 &
    victim=$!
    for _ in $(seq 100); do
        grep -q ^ready "$work/$label.victim" && break
        sleep 0.05
    done
    local port
    read -r _ pid port < "$work/$label.victim"
    local before
    before=$(picture .)
    (cd "$directory" && "$@" timeout 60 "$work/nsentry" run --require-landlock --without-wall first -- \
        ./second-wall "$directory/victim" "$name" "$port" "$pid") \
        < file > "$work/$label.out" 2> "$work/$label.err"
    local status=$?
    [ $status = 0 ] || { fail "$label: the attack ended with $status"; cat "$work/$label.err"; }
    sleep 0.2
    kill -0 "$victim" 2>/dev/null || fail "$label: the victim is dead"
    [ "$(picture .)" = "$before" ] || { fail "$label: the victim's files changed"; diff <(echo "$before") <(picture .); }
    # Sockets with a path and UDP are not Landlock's.
    if grep -E '^(signal|reached (abstract|tcp))' "$work/$label.victim"; then fail "$label: the victim was reached"; fi
    grep -E '^(wall|host) .*SUCCEEDED' "$work/$label.out" && fail "$label: went through the second wall"
    [ $verbose = 1 ] && cat "$work/$label.out"
    echo "$label: $(grep -c ^wall "$work/$label.out") tried, $(grep -c '^wall.*stopped' "$work/$label.out") stopped" \
        "by the second wall; not covered: $(grep '^open.*SUCCEEDED' "$work/$label.out" | sed 's/^open //; s/: SUCC.*//' | paste -sd, | sed 's/,/, /g')"
    kill "$victim"
    wait "$victim" 2>/dev/null
    victim=
    cd "$work" || exit 1
}

if [ "$(id -u)" = 0 ]; then
    attack root 65534
    attack user 1000 setpriv --reuid 1000 --regid 1000 --clear-groups
else
    attack user "$(id -u)"
fi
exit $((failures > 0))
