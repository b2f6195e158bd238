# Needs: musl-gcc
printf '#include <stdio.h>\n#include <unistd.h>\nint main(void){printf("%%s\\n", fork() == 0 ? "child" : "parent");fflush(stdout);return 3;}' >m.c
musl-gcc -static m.c -o m && ./m | sort; echo "status ${PIPESTATUS[0]}"
