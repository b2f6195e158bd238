# Needs: capsh setpriv
capsh --print | grep -v -e '^Guessed' -e '[ug]id=' -e groups= -e '^Bounding' -e IAB; unshare -Ur capsh --print | grep -v '^Guessed' | grep -v groups=
capsh --has-p=cap_sys_admin; echo "status $?"; unshare -Ur capsh --has-p=cap_sys_admin && echo has
unshare -Ur capsh --drop=cap_setuid -- -c 'grep Cap /proc/self/status'
unshare -Ur capsh --caps=cap_chown+eip --addamb=cap_chown -- -c 'grep Cap /proc/self/status'
unshare -Ur setpriv --bounding-set -all,+kill --inh-caps -all grep Cap /proc/self/status; setpriv --no-new-privs grep NoNewPrivs /proc/self/status
unshare -Ur setpriv --securebits +noroot,+noroot_locked capsh --print | grep -i -A4 securebits
