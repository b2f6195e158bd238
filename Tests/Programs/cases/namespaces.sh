# Needs: unshare nsenter
unshare -Ur id; unshare -Ur cat /proc/self/uid_map | tr -s ' '; unshare -Ur cat /proc/self/setgroups
unshare -U id -u; unshare -U cat /proc/self/status | grep -E '^(Uid|Gid|Cap)'
unshare -Urpf --kill-child sh -c 'echo $$; kill -9 $$; echo still here'; echo "status $?"
unshare -Urpf sh -c 'sleep 0.01 & wait; echo $$; exit 3'; echo "status $?"
unshare -Uru sh -c 'hostname inner; hostname'
unshare -Ur setpriv --dump 2>&1 | grep -v -e Supplementary -e groups
unshare -Ur setpriv --reuid 5 id; echo "status $?"
unshare -Ur sh -c 'unshare -U id -u; chown 1:1 /proc/self; echo $?' 2>&1
unshare -Ur sleep 10 & sleep 0.3; nsenter -U --preserve-credentials -t $! sh -c 'id -u; cat /proc/self/uid_map' | tr -s ' '
[ "$(readlink /proc/$!/ns/user)" != "$(readlink /proc/self/ns/user)" ] && echo 'another namespace'; nsenter -m -t $! true; echo "status $?"
kill $!; wait $! 2>/dev/null; unshare -n true; echo "status $?"; unshare --user --map-users 0,0,5 true; echo "status $?"
