umask 022
mkdir -p a/b/c; echo one >a/one; echo two >a/b/two; ln -s ../one a/b/link; ln a/one a/hard
chmod 4755 a/one; chmod 2700 a/b; touch -d '2001-02-03 04:05:06 UTC' a/b/two
stat -c '%n %F %A %h %u %g' a a/b; stat -c '%n %F %A %h %u %g %s' a/one a/hard a/b/two a/b/link; stat -c '%y' a/b/two
cp -a a copy; diff -r a copy && echo same; mv copy moved; ls -lnR --time-style=+%Y a/b/two moved | awk '{ if (/^d/) $5 = ""; if (/^total/) $2 = ""; $1 = $1; print }'
readlink -f a/b/link; realpath --relative-to=. a/b/link; basename a/b/two; dirname a/b/two
rm -r moved; rmdir a; echo "status $?"; rm -rf a; ls -A
printf 'b 2\na 10\nc 1\n' >t; sort t; sort -k2n t; cut -d' ' -f2 t | paste -sd+; join <(sort t) <(sort t); uniq -c t; comm -12 <(sort t) <(sort t)
wc t; md5sum t; sha256sum t | cut -c1-16; od -c t | head -3; base64 t; tac t; rev t; nl t; fold -w2 t | head -4; expand t; shuf -e only
truncate -s 5 t; stat -c %s t; dd if=/dev/zero of=z bs=1k count=64 status=none; cksum z; split -b 20k z part; ls part*; cat part* | cmp - z && echo joined
tee copy1 copy2 <t >/dev/null; cmp copy1 copy2 && echo teed; install -m 640 t installed; stat -c %a installed
test -r t -a ! -x t && echo 'readable, not executable'; [ -w /etc/passwd ]; echo "may write /etc/passwd: $?"
id -u; id -g; nproc | grep -c .; date -u -d @0 +%F; expr 6 \* 7; factor 91; seq -s, 5; numfmt --to=iec 1048576; env -i A=b env; printenv HOME | grep -c programs
cat t >/dev/full; echo "status $?"; head -c 8 /dev/zero | od -An -tx1; head -c 4 /dev/urandom | wc -c
df -P . >/dev/null; echo "df $?"; touch /nonexistent/x; echo "status $?"; nice -n 5 nice; tty; echo "tty $?"
