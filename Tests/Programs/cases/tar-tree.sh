# Needs: tar
umask 022
tar -cf tree.tar -C /usr/share/common-licenses . && mkdir out && tar -xf tree.tar -C out && diff -r /usr/share/common-licenses out && echo same
mkdir -p src/deep/er; seq 10000 >src/deep/er/numbers; ln -s er src/deep/link; ln src/deep/er/numbers src/hard; mkfifo src/fifo; chmod 751 src/deep
tar -czf - src | (mkdir back && tar -xzf - -C back)
(cd src && find . -printf '%p %y %m %n %l\n' | LC_ALL=C sort) >1; (cd back/src && find . -printf '%p %y %m %n %l\n' | LC_ALL=C sort) >2
cmp 1 2 && cat 2; cmp src/hard back/src/deep/er/numbers && echo equal
tar -tvf tree.tar nosuch; echo "status $?"
