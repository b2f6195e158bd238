# Needs: grep awk sed xargs
grep -rIl --include='*.conf' . /etc 2>/dev/null | wc -l | grep -c '[0-9]'
grep -rc root /etc/passwd /etc/group; grep -rn 'GNU' /usr/share/common-licenses 2>/dev/null | LC_ALL=C sort | cksum
awk -F: '$3 < 5 { n += $3; print $1 } END { print n }' /etc/passwd
awk 'BEGIN { while (("seq 3" | getline x) > 0) s += x; print s; print "sorted" | "sort"; close("sort"); system("exit 3") }'
sed -n '1p;$p' /etc/passwd | sed -E 's/^([a-z]+):.*/\1/'; printf 'a\nb\n' >f; sed -i 's/a/A/' f; cat f
seq 100 | xargs -n 7 -P 4 sh -c 'echo $#' _ | sort | uniq -c
seq 5 | xargs -I{} sh -c 'exit $(({} % 2))'; echo "xargs $?"
printf 'x\0y z\0' | xargs -0 -n1 echo; seq 200000 | sort -R | sort -n | cksum; seq 300000 | gzip -c | gunzip -c | cksum
