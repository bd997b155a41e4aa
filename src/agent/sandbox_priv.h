/* sandbox_priv.h - what the files of the sandbox share.
 *
 *   sandbox.c  opens it, runs a command and watches it     sandbox_view.c  the private view of files, in namespaces of its own
 *   sandbox_bwrap.c  the same view, made by bubblewrap
 *   sandbox_child.c  the processes of a command, until the shell begins     sandbox_lock.c  Landlock and seccomp
 *
 * What the child's functions below do runs after fork in a process that had threads: system calls and the stack, no allocation. */
#ifndef COLDCASE_SANDBOX_PRIV_H
#define COLDCASE_SANDBOX_PRIV_H

#include <sys/types.h>

#include "coldcase/sandbox.h"
#include "coldcase/arena.h"
#include "coldcase/vec.h"

typedef struct sandbox_bind { const char *from, *to; bool dir; } sandbox_bind;  /* to: below the new root, begins with '/' */
typedef struct sandbox_link { const char *at, *to; } sandbox_link;

enum { SANDBOX_USER, SANDBOX_NET, SANDBOX_IPC, SANDBOX_MNT, SANDBOX_SPACES };

struct cc_sandbox {
	cc_arena *arena;
	cc_sandbox_limits limits;
	CC_VEC(sandbox_bind) binds;
	CC_VEC(sandbox_link) links;
	size_t evidence_from;        /* binds from here on are evidence */
	int spaces[SANDBOX_SPACES];  /* descriptors; user: -1 when we are root */
	bool root;
	cc_sandbox_way way;          /* who makes the view; never AUTO */
	uid_t uid;                   /* commands run as */
	gid_t gid;
};

/* What a child tells: the pid of the first process inside and its process namespace ('P'), the wait status of the shell ('X'),
 * that it is ready ('R'), or what could not be done ('F', value is errno). */
typedef struct sandbox_word { int kind, value; ino_t space; char what[200]; } sandbox_word;

typedef struct sandbox_pipes { int out, err, status, control; } sandbox_pipes;  /* the child's ends */

void sandbox_say(int fd, int kind, int value, const char *what);

/* The server's: what a child says next, false when it ended without; closing; why there is no sandbox; its hold on the namespaces of a
 * process. */
bool sandbox_hear(int fd, sandbox_word *w);
void sandbox_shut(int *fd);
cc_code sandbox_refuse(cc_err *err, const sandbox_word *w);
cc_code sandbox_take_spaces(cc_sandbox *b, pid_t builder, cc_err *err);
/* Has bubblewrap make the view, and takes hold of it. */
cc_code sandbox_bwrap_build(cc_sandbox *b, cc_err *err);

/* A child's: becomes the unused user, when root; enters the namespaces; bounds the scratch, in bytes and files. NULL, or what could not
 * be done, with errno. */
const char *sandbox_become_user(const cc_sandbox *b);
const char *sandbox_enter(const cc_sandbox *b);
const char *sandbox_limit_scratch(const cc_sandbox *b);

/* Each is a child's whole life. */
_Noreturn void sandbox_build(const cc_sandbox *b, int status, int control);
_Noreturn void sandbox_supervise(const cc_sandbox *b, const char *command, sandbox_pipes p);

/* Locks the calling process for good. NULL, or what could not be done, with errno. */
const char *sandbox_lock_files(void);
const char *sandbox_lock_calls(void);

#endif
