# Root: yes
# Needs: setpriv
id -u; umask 022; touch f; chown 1000:2000 f; stat -c '%u %g' f; chmod 600 f; setpriv --reuid 5 --clear-groups cat f; echo "status $?"
setpriv --reuid 1000 --regid 1000 --clear-groups sh -c 'id; cat f; kill -0 $PPID; unshare -Ur id'
setpriv --reuid 1000 --regid 1000 --groups 7,8 id; chroot / id -u; su nobody -s /bin/sh -c 'id -un'
cp /usr/bin/id sid; chmod 4755 sid; chown 77 sid; setpriv --reuid 1000 --clear-groups ./sid -u; chmod 4755 sid
mknod n c 1 3; echo "status $?"; unshare -u sh -c 'hostname inside; hostname'; unshare -pf sh -c 'echo $$'
