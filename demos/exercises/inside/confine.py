"""Confine this process by Linux itself: by Landlock for files, by seccomp for other system calls.

The process confines itself, and neither it nor its children can undo that. It needs no special rights.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every processor
NO_NEW_PRIVS = 38
BENEATH = 1  # the type of a rule about a path and everything below it

# Rights by their bits: execute, write, read, list, remove folder, remove file, and seven kinds of things to make;
# from version 2 on to link, from 3 on to truncate, from 5 on to talk to devices.
READ, LIST = 1 << 2, 1 << 3
FILE_RIGHTS = 1 << 1 | READ | 1 << 14  # what a rule about a file may hold
CHANGE = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8 | 1 << 13 | 1 << 14  # write, remove, make, move, truncate
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}

ALLOW, REFUSE, MISSING = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # with EPERM; with ENOSYS
THREAD = 0x10000  # the flag of clone with which a thread is made
MASKED_EQUAL, DIFFERENT = 7, 1

# What no exercise needs. A name that the processor or libseccomp does not know is left out.
REFUSED_CALLS = """
    fork vfork execve execveat kill tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal pidfd_getfd
    ptrace process_vm_readv process_vm_writev process_madvise kcmp
    socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg
    io_uring_setup io_uring_enter io_uring_register io_setup
    mount umount2 pivot_root chroot unshare setns move_mount open_tree fsopen fspick fsconfig fsmount mount_setattr
    name_to_handle_at open_by_handle_at acct quotactl swapon swapoff sysfs
    chmod fchmod fchmodat fchmodat2 chown lchown fchown fchownat utime utimes utimensat futimesat
    setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr truncate truncate64 ftruncate ftruncate64
    mknod mknodat link linkat symlink symlinkat
    shmget shmat shmctl msgget msgsnd msgrcv msgctl semget semop semctl semtimedop mq_open mq_unlink
    bpf perf_event_open userfaultfd keyctl add_key request_key personality
    init_module finit_module delete_module kexec_load kexec_file_load reboot syslog
    settimeofday adjtimex clock_settime clock_adjtime sethostname setdomainname ioperm iopl
    setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset
    setpriority sched_setaffinity sched_setscheduler sched_setattr ioprio_set setpgid setsid
    inotify_init inotify_init1 fanotify_init memfd_secret lookup_dcookie vhangup
"""


class ConfineError(OSError):
    """Raised if this process cannot be confined as asked."""


def landlock_version() -> int:
    """Return the version of Landlock that this system has; 0 if none."""
    if sys.platform != "linux":
        return 0
    try:
        return max(0, int(_system(CREATE_RULESET, None, 0, 1)))
    except OSError:
        return 0


def has_seccomp() -> bool:
    """Return whether libseccomp is installed, and can make a filter."""
    try:
        library = _seccomp()
    except OSError:
        return False
    context = library.seccomp_init(ALLOW)
    if context:
        library.seccomp_release(ctypes.c_void_p(context))
    return bool(context)


def landlock(readable: Iterable[str], box: str) -> None:
    """Allow this process to read only below these paths, and to change files only below `box`."""
    version = landlock_version()
    if not version:
        raise ConfineError("Landlock is not there")
    handled = (1 << RIGHTS.get(version, 16)) - 1
    network = 3 if version >= 4 else 0  # bind and connect
    scoped = 3 if version >= 6 else 0  # abstract sockets and signals
    fields = (ctypes.c_uint64 * 3)(handled, network, scoped)
    size = 8 if version < 4 else 16 if version < 6 else 24
    rules = _system(CREATE_RULESET, fields, size, 0)
    try:
        for path in readable:
            _allow(rules, path, (READ | LIST) & handled)
        for path in ("/dev/null", "/dev/urandom", "/dev/random"):
            _allow(rules, path, READ)
        _allow(rules, box, (READ | LIST | CHANGE) & handled)
        _no_new_rights()
        _system(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


def seccomp() -> None:
    """Forbid this process to start processes, use the network, change rights, and signal other processes."""
    library = _seccomp()
    context = ctypes.c_void_p(library.seccomp_init(ALLOW))
    if not context:
        raise ConfineError("libseccomp makes no filter")
    for name in REFUSED_CALLS.split():
        _rule(library, context, REFUSE, name)
    _rule(library, context, MISSING, "clone3")  # its flags cannot be looked at, and clone takes its place
    _rule(library, context, REFUSE, "clone", _Comparison(0, MASKED_EQUAL, THREAD, 0))
    _rule(library, context, REFUSE, "tgkill", _Comparison(0, DIFFERENT, os.getpid(), 0))
    _no_new_rights()
    if library.seccomp_load(context):
        raise ConfineError("seccomp does not take the filter")
    library.seccomp_release(context)


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("rights", ctypes.c_uint64), ("folder", ctypes.c_int32))


class _Comparison(ctypes.Structure):
    """A condition on an argument of a system call."""

    _fields_ = (("place", ctypes.c_uint), ("how", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # what is not there needs no rule
        return
    try:
        if not os.path.isdir(path):
            rights &= FILE_RIGHTS
        _system(ADD_RULE, rules, BENEATH, ctypes.byref(_Rule(rights, place)), 0)
    finally:
        os.close(place)


def _rule(library: ctypes.CDLL, context: ctypes.c_void_p, action: int, name: str, *when: _Comparison) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number < 0:
        return
    comparisons = (_Comparison * max(1, len(when)))(*when)
    error = library.seccomp_rule_add_array(context, action, number, len(when), comparisons)
    if error:
        raise ConfineError(f"seccomp takes no rule of {name}")


def _seccomp() -> ctypes.CDLL:
    if sys.platform != "linux":
        raise ConfineError("seccomp is Linux's")
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_init.argtypes = [ctypes.c_uint32]
    library.seccomp_rule_add_array.argtypes = [
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_void_p,
    ]
    return library


def _no_new_rights() -> None:
    if _libc().prctl(NO_NEW_PRIVS, 1, 0, 0, 0):
        raise ConfineError("the rights of programs cannot be given up")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _system(number: int, *args: object) -> int:
    """Make a system call for which the C library has no function."""
    result = int(_libc().syscall(ctypes.c_long(number), *args))
    if result < 0:
        raise ConfineError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
