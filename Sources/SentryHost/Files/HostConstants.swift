// Host constants that Glibc's Swift overlay does not show, because they need _GNU_SOURCE.

let O_PATH: Int32 = 0o10000000
let O_DIRECT: Int32 = 0o40000
let AT_EMPTY_PATH: Int32 = 0x1000
