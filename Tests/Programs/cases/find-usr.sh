# Needs: find
find /usr -xdev ! -type d -printf '%p %y %m %U %G %n %s %l\n' 2>/dev/null | LC_ALL=C sort | cksum
find /usr -xdev -type d -perm -5 -printf '%p %m %U %G\n' 2>/dev/null | LC_ALL=C sort | cksum
find /usr/bin -newer /nonexistent; echo "status $?"
find /usr/bin -perm -4000 -name 'su*' | sort; find /usr/bin -name 'z*' -exec basename {} \; | sort | cksum
