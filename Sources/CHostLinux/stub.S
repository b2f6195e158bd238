// The loader stub: the only program that the host ever executes for a task. It asks the sentry for a list of steps
// (system calls, ranges to zero, a final jump) and carries it out. Position independent, no data, no stack frame
// beyond the buffer below the initial stack pointer.
//
// struct step { u64 kind; u64 words[7]; }, see chost.h.

    .section chost_stub, "ax", @progbits
    .globl chost_stub_start
    .hidden chost_stub_start
    .globl chost_stub_end
    .hidden chost_stub_end
    .p2align 4
chost_stub_start:
    mov     %rsp, %rsi              // the initial stack, where argc is
    lea     -16512(%rsp), %rbx      // 256 steps and a margin
    and     $-64, %rbx
    mov     %rbx, %rsp
    mov     %rbx, %rdi
    mov     $1000, %eax             // CHOST_CALL_LOAD: the sentry fills in the steps, and the result is a descriptor
    syscall
    cmp     $-4096, %rax
    ja      9f
1:  mov     (%rbx), %rax
    cmp     $1, %rax
    je      2f
    ja      3f
    // A system call: words[0] is the number, words[1...6] the arguments.
    mov     8(%rbx), %rax
    mov     16(%rbx), %rdi
    mov     24(%rbx), %rsi
    mov     32(%rbx), %rdx
    mov     40(%rbx), %r10
    mov     48(%rbx), %r8
    mov     56(%rbx), %r9
    syscall
    cmp     $-4096, %rax
    ja      9f
    add     $64, %rbx
    jmp     1b
2:  // Zero words[1] bytes at words[0].
    mov     8(%rbx), %rdi
    mov     16(%rbx), %rcx
    xor     %eax, %eax
    rep stosb
    add     $64, %rbx
    jmp     1b
3:  // Jump: words[0] is the stack pointer, words[1] the entry.
    mov     8(%rbx), %rsp
    mov     16(%rbx), %r11
    xor     %eax, %eax
    xor     %ebx, %ebx
    xor     %ecx, %ecx
    xor     %edx, %edx
    xor     %esi, %esi
    xor     %edi, %edi
    xor     %ebp, %ebp
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r10d, %r10d
    xor     %r12d, %r12d
    xor     %r13d, %r13d
    xor     %r14d, %r14d
    xor     %r15d, %r15d
    jmp     *%r11
9:  ud2                             // a step failed: die as the kernel's own loader does, by a signal

    .p2align 4
chost_stub_end:

    .section .note.GNU-stack, "", @progbits
