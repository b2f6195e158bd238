// Rules: reboot-needs-capability
// As: user
// reboot(2) inside a PID namespace ends its init; without the capability it is refused.
#include "fixture.h"
#include <linux/reboot.h>
#define REBOOT(command) syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, NULL)
int main(void) {
    show("without the capability", REBOOT(LINUX_REBOOT_CMD_RESTART));
    show("bad magic", syscall(SYS_reboot, 1, 2, LINUX_REBOOT_CMD_RESTART, NULL));
    static const unsigned commands[] = {LINUX_REBOOT_CMD_RESTART, LINUX_REBOOT_CMD_POWER_OFF, LINUX_REBOOT_CMD_HALT, LINUX_REBOOT_CMD_CAD_ON};
    for (int i = 0; i < 4; i++) USERNS_CHILD(CLONE_NEWPID, own_uid_at(0), own_gid_at(0)) {
        pid_t init;
        SPAWN(init) {
            show("bad magic inside", syscall(SYS_reboot, 1, 2, commands[i], NULL));
            CHILD show(format_path("command %d", i), REBOOT(commands[i]));
        }
        report_status("init", wait_status(init));
    }
    USERNS_CHILD(0, own_uid_at(0), own_gid_at(0)) show("a user namespace alone", REBOOT(LINUX_REBOOT_CMD_RESTART));
    return 0;
}
