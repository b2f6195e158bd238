# Input: typed by somebody
seq 1 1000 | grep 7 | sort -rn | head -5 | tr '\n' ' '; echo
echo to-stderr >&2
{ echo out; echo err >&2; } 2>&1 | cat -n
cat <<END
here $((6 * 7))
END
cat <<<"a string"
diff <(printf '1\n2\n') <(printf '1\n3\n')
echo "pipe status: ${PIPESTATUS[*]}"
false | true | (exit 3); echo "pipe status: ${PIPESTATUS[*]}"
set -o pipefail; yes | head -1; echo "yes: $?"
exec 5>file; echo fifth >&5; exec 5>&-; cat file
exec 6<>file; read -r line <&6; echo "more" >&6; cat file; echo "read: $line"
echo noclobber; set -C; echo x >file; echo "status $?"
read -r answer; echo "stdin: $answer"
cat /nonexistent; echo "status $?"
exit 42
