trap 'echo got USR1' USR1
trap 'echo at exit' EXIT
trap 'echo child ended' CHLD
kill -USR1 $$
trap - CHLD
sleep 0.2 & first=$!
(sleep 0.1; exit 7) & second=$!
wait $second; echo "second: $?"
wait $first; echo "first: $?"
sleep 100 & sleep 0.1; kill -TERM $!; wait $!; echo "terminated: $?"
sleep 100 & sleep 0.1; kill -STOP $!; kill -CONT $!; kill -KILL $!; wait $! ; echo "killed: $?"
for i in 1 2 3 4; do (sleep 0.1; exit $i) & done; wait -n; echo "one ended with $(($? > 0))"; wait; echo all
coproc CAT { cat; }; echo through >&"${CAT[1]}"; read -r back <&"${CAT[0]}"; echo "coproc: $back"
eval "exec ${CAT[1]}>&-"; wait
timeout 0.2 sleep 10; echo "timeout: $?"
mkfifo pipe; (echo by fifo >pipe) & cat pipe; wait
ulimit -n 64; ulimit -n
(ulimit -c 0; kill -SEGV $BASHPID); echo "signalled: $?"
