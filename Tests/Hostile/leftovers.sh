#!/bin/bash
# Whatever ends a sandbox, nothing of it is left: no private directory in $TMPDIR or /dev/shm, no process, no core dump.
# What kill -9 leaves is gone after the next start. Sandboxes that start at the same time do not take each other's data.
set -u
here=$(cd "$(dirname "$0")" && pwd)
nsentry=${NSENTRY:-$here/../../.build/release/nsentry}
work=$(mktemp -d /tmp/leftovers-XXXXXX)
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work/tmp
mkdir "$TMPDIR"
cd "$work" || exit 1
failures=0

# Directories in memory may belong to other sandboxes of this user that run now: theirs are locked.
left() {
    ls "$TMPDIR"
    for directory in /dev/shm/nsentry-"$(id -u)"-*; do
        [ -d "$directory" ] && flock -n "$directory" true 2>/dev/null && echo "$directory"
    done
    pgrep -f "^sleep 4242" # only these tests sleep so long
    find "$work" -name 'core*'
}
check() {
    local found
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        found=$(left)
        [ -z "$found" ] && break
        sleep 0.1 # tasks of a killed sentry are still dying
    done
    if [ -n "$found" ]; then
        echo "FAILED: $1 leaves $found"
        failures=$((failures + 1))
    else
        echo "$1: nothing left"
    fi
}
run() { "$nsentry" run -- "$@"; }
busy='echo data > /tmp/file; exec sleep 4242'
wait_for() { for _ in $(seq 100); do pgrep -f "^sleep 4242" > /dev/null && return; sleep 0.05; done; }

run sh -c 'echo data > /tmp/file'
check "a normal end"
run sh -c 'kill -9 $$' 2> /dev/null
check "a program killed"
run /none 2> /dev/null
"$nsentry" run --rootfs /none -- true 2> /dev/null
"$nsentry" run --bind /none:/mnt -- true 2> /dev/null
"$nsentry" run --trace=/none/trace -- true 2> /dev/null
"$nsentry" run --workdir /none -- true 2> /dev/null
check "a start that fails"
for signal in TERM INT HUP QUIT; do
    # A background job of a script ignores SIGINT and SIGQUIT, and would pass that on.
    env --default-signal=INT,QUIT "$nsentry" run -- sh -c "$busy" & sentry=$!
    wait_for
    kill -$signal $sentry
    wait $sentry 2> /dev/null
    check "SIG$signal"
done
(ulimit -c unlimited; run sh -c 'ulimit -c unlimited; kill -SEGV $$') 2> /dev/null
check "a crash of the program"
"$nsentry" run -- sh -c "$busy" & sentry=$!
wait_for
kill -KILL $sentry
wait $sentry 2> /dev/null
[ -n "$(ls "$TMPDIR")" ] || echo "(kill -9 left nothing to sweep)"
run true
check "kill -9 and the next start"
# Many at a time, every fourth killed at some moment of its life.
for round in 1 2 3; do
    jobs=()
    for number in $(seq 24); do
        if [ $((number % 4)) = 0 ]; then
            (exec "$nsentry" run -- sh -c "$busy" 2> /dev/null) & victim=$!
            (sleep 0.0$((RANDOM % 90 + 10)); kill -KILL $victim) 2> /dev/null &
        else
            run sh -c "echo $number > /tmp/file; sleep 0.0$((RANDOM % 9)); [ \$(cat /tmp/file) = $number ]" & jobs+=($!)
        fi
    done
    for job in "${jobs[@]}"; do
        wait "$job" || { echo "FAILED: a sandbox lost its data"; failures=$((failures + 1)); }
    done
    wait
done 2> "$work/errors"
run true
check "many starts and kills at once"
exit $((failures > 0))
