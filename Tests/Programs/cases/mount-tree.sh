# Needs: unshare mount umount findmnt mountpoint nsenter
[ "$1" ] || exec unshare -rm --propagation private bash "$0" inside 2>&1
here=$PWD; show() { findmnt -n -o TARGET,FSTYPE,OPTIONS,PROPAGATION "$1" | sed "s|$here/||; s/,uid=[0-9]*//; s/,gid=[0-9]*//; s/,inode64//" | tr -s ' '; }
mkdir a b c d e; mount -t tmpfs -o size=1m,mode=750 none a; show a; stat -c %a a; mount --bind a b; touch a/x; ls b; mountpoint b; mountpoint a/x
mount -o remount,bind,ro b; show b; touch b/y; touch a/y; mount -o remount,size=2m none a; df -k --output=size a | tail -1
mount --make-shared a; mount --bind a c; mkdir a/s; mount -t tmpfs s a/s; mountpoint c/s; umount c/s; mountpoint a/s; mount --make-rslave c; show c
mount --make-private a; mount -n --move b d; ls d; show d; umount a; umount a; echo "status $?"; umount c d; mount -t tmpfs -o nr_inodes=3 t a; touch a/1 a/2 a/3; df --output=itotal,iused,iavail a | tail -1; umount -l a
mount -t tmpfs -o noexec,nosuid,nodev,noatime,nosymfollow t a; show a; cp /bin/true a/; a/true; ln -s true a/l; cat a/l; umount a
for options in bogus=1 size=abc mode=9; do mount -t tmpfs -o $options t a 2>/dev/null; echo "$options $?"; done; mount -t nosuchtype none a 2>/dev/null; echo "status $?"
mount --bind a missing 2>/dev/null; echo "status $?"; touch f; mount --bind f a 2>/dev/null; echo "status $?"; mount --bind f f; mountpoint f; umount f
mount -t proc proc a 2>/dev/null; echo "proc without a PID namespace: $?"; unshare -pf sh -c 'mount -t proc proc a; ls -d a/[0-9]*; umount a'
mount -t devpts -o newinstance,ptmxmode=0666 devpts a; ls a; umount a; mount -t mqueue mqueue a; ls a; umount a; mount -t ramfs ramfs a; echo hi > a/f; cat a/f; umount a
umount /proc; echo "status $?"; unshare -Urm sh -c 'umount /proc; mount -o remount,bind,rw /proc; mount -t tmpfs t d && umount d; echo $?' 2>/dev/null
mount -t tmpfs t a; mkdir a/b; mount -t tmpfs t a/b; mount --rbind a c; findmnt -rn -o TARGET | grep -c "^$here/[ac]"; umount -R a c; findmnt -rn -o TARGET | grep -c "^$here/[ac]"
mount -t tmpfs t e; mkdir e/usr e/old e/proc; mount --rbind /usr e/usr; for i in bin lib lib64; do ln -s usr/$i e/$i; done; mount --rbind /proc e/proc
unshare -m sh -c 'cd e && pivot_root . old && cd / && umount -l /old && rmdir old && ls / && findmnt -n -o TARGET / && cat /proc/self/mountinfo | cut -d" " -f5 | head -2'
unshare -m sh -c 'mount -n --move e /; cd e; mount -n --move . / && chroot . ls -d /usr /etc; chroot . pwd'; unshare -R $here/e -w / sh -c 'pwd; ls -d /etc'; chroot e /bin/sh -c 'cd ..; pwd; id -u'
unshare -m sh -c 'mount -t tmpfs inner a; touch a/here; sleep 10' & sleep 0.4; nsenter -t $! -m ls $here/a; ls a; nsenter -t $! -m -r$here/e ls /; kill $!
