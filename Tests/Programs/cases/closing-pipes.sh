yes | head -1; seq 1000000 | head -2; (trap '' PIPE; yes 2>/dev/null; echo "status $?" >&2) | head -1
cat /dev/zero | head -c 1000000 | wc -c; dd if=/dev/zero bs=1M count=20 status=none | cksum
sh -c 'exec >&-; echo x' 2>&1; echo "status $?"; sh -c 'exec <&-; cat' 2>&1; echo "status $?"
find / -maxdepth 1 2>/dev/null | head -1; echo "${PIPESTATUS[1]}"
