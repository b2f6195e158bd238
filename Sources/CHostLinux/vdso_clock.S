// clock_gettime(clock, time) of tasks whose clocks are shifted; see chost_vdso.h. It is copied into a page of theirs
// together with its data, which vdso.c fills in. It has no state, so signals may interrupt it anywhere.

    .section chost_vdso_clock, "ax", @progbits
    .globl chost_vdso_clock_start
    .hidden chost_vdso_clock_start
    .globl chost_vdso_clock_moved
    .hidden chost_vdso_clock_moved
    .globl chost_vdso_clock_offsets
    .hidden chost_vdso_clock_offsets
    .globl chost_vdso_clock_end
    .hidden chost_vdso_clock_end
    .p2align 4
chost_vdso_clock_start:
    mov     $0x2d2, %eax            // a bit for each shifted clock: 1, 4, 6, 7, 9
    cmp     $9, %edi
    ja      1f
    bt      %edi, %eax
    jc      2f
1:  jmp     *chost_vdso_clock_moved(%rip)
2:  push    %rbp                    // a frame for those who walk the stack
    mov     %rsp, %rbp
    push    %rdi
    push    %rsi
    call    *chost_vdso_clock_moved(%rip)
    pop     %rsi
    pop     %rdi
    pop     %rbp
    test    %eax, %eax
    jnz     5f
    lea     chost_vdso_clock_offsets(%rip), %rdx
    cmp     $7, %edi                // CLOCK_BOOTTIME, and after it CLOCK_BOOTTIME_ALARM
    jb      3f
    add     $16, %rdx
3:  mov     (%rsi), %rcx
    mov     8(%rsi), %r8
    add     (%rdx), %rcx
    add     8(%rdx), %r8
    cmp     $1000000000, %r8
    jl      4f
    sub     $1000000000, %r8
    inc     %rcx
4:  mov     %rcx, (%rsi)
    mov     %r8, 8(%rsi)
5:  ret
    .p2align 6, 0xcc
chost_vdso_clock_offsets:
    .quad   0, 0, 0, 0              // chost_clock_offsets
chost_vdso_clock_moved:
    .quad   0                       // where the moved clock_gettime is
    .p2align 4, 0xcc
chost_vdso_clock_end:

    .section .note.GNU-stack, "", @progbits
