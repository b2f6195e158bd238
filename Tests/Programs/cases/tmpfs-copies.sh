# Root: yes
# Needs: unshare tar rsync python3
[ "$1" ] || exec unshare -m --propagation private bash "$0" inside 2>&1
mount -t tmpfs t . && cd "$PWD" && mkdir -p s/d/e && cd s || exit
echo hi > f; ln f g; ln -s f l; mkfifo p; mknod c c 1 3; mknod b b 7 0; chown 5:6 f; chmod 4755 f; chown -h 7:8 l; chmod 1777 d; for i in $(seq 100); do head -c $i /dev/zero > d/e/$i; done; truncate -s 10M sparse
python3 -c 'import os
os.setxattr("f", "user.a", b"1"); os.setxattr("f", "trusted.b", b"x" * 300); os.setxattr("d", "user.d", b"\0\1")
os.setxattr("f", "security.capability", bytes.fromhex("0100000200040000" + 12 * "00"))'
find . -exec touch -h -d '2001-02-03 04:05:06.789' {} +; cd ..
show() { (cd $1; find . -printf '%p %y %m %U %G %n %s %T@ %l\n' | grep -v '^\./d/e/' | sed 's/^\(\.[a-z/]* d [0-9 ]* \)[0-9]* /\1/' | sort; ls d/e | wc -l; du -k sparse | cut -f1; stat -c '%t %T' b c; python3 -c 'import os
for name in ("f", "d"):
    for key in sorted(os.listxattr(name)): print(name, key, os.getxattr(name, key).hex()[:40])'); }
show s; cp -a s c1; show c1 | cmp - <(show s); tar --xattrs --xattrs-include='*' --sparse -cpf t.tar -C s .; mkdir c2; tar --xattrs --xattrs-include='*' -xpf t.tar -C c2; show c2 | cmp - <(show s)
rsync -aHAXS --numeric-ids s/ c3/; show c3 | cmp - <(show s); mkdir c4; mount -t tmpfs -o mode=700 t c4; mv c1 c4/; show c4/c1 | cmp - <(show s); umount c4 && ls -A c4
mount -t tmpfs -o size=64k small c4; cp -a s/d c4/ >/dev/null 2>&1; echo "status $?"; df -k --output=avail c4 | tail -1; rm -r c4/*; df -k --output=avail c4 | tail -1; rm -rf s c2; ls
