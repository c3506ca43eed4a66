/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_kind.c -- looks at the first bytes of a program as the kernel would:
 * "#!" leads to the interpreter, at most as deep as the kernel goes; ELF tells
 * its class and, by PT_INTERP, whether a dynamic linker will run. Files are
 * untrusted: everything read is bounded.
 */
#include "tracer/beside/elf_kind.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 256,       /* BINPRM_BUF_SIZE: what the kernel reads of a "#!" line */
	SCRIPTS_MAX = 5,        /* the kernel gives up after that many interpreters */
	SEGMENTS_MAX = 512,
};

#if defined(__x86_64__)
enum { OUR_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { OUR_MACHINE = EM_AARCH64 };
#else
#error "unknown processor"
#endif

/* 0, or why execve would refuse it. */
static int check_executable(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return errno;
	if (!S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS))
		return EACCES;
	return 0;
}

int run_find_program(const char *name, const char *search, char *path, size_t room)
{
	int error = ENOENT;

	if (!*name)
		return ENOENT;
	if (strchr(name, '/')) {
		if (snprintf(path, room, "%s", name) >= (int)room)
			return ENAMETOOLONG;
		error = check_executable(path);
		return error == ENOTDIR || error == ELOOP ? ENOENT : error;
	}
	for (const char *at = search ? search : "/bin:/usr/bin"; at;) {
		const char *colon = strchr(at, ':');
		int n_bytes = colon ? (int)(colon - at) : (int)strlen(at);
		const char *slash = n_bytes ? "/" : "";

		if (snprintf(path, room, "%.*s%s%s", n_bytes, at, slash, name) < (int)room) {
			int found = check_executable(path);

			if (!found)
				return 0;
			if (found == EACCES)    /* told if nothing better comes */
				error = EACCES;
		}
		at = colon ? colon + 1 : NULL;
	}
	return error;
}

/* Would starting it change who it is, so that the linker ignores LD_PRELOAD?
 * As the kernel decides: not by the bits alone. */
static bool is_privileged(int fd, const char *path)
{
	struct stat status;
	struct statvfs mount;

	if (stat(path, &status))
		return false;
	if (!statvfs(path, &mount) && mount.f_flag & ST_NOSUID)
		return false;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		return false;
	if (status.st_mode & S_ISUID && status.st_uid != getuid())
		return true;
	if (status.st_mode & S_ISGID && status.st_mode & S_IXGRP && status.st_gid != getgid())
		return true;
	if (getuid() == 0)
		return false;
	return (fd >= 0 ? fgetxattr(fd, "security.capability", NULL, 0) :
		getxattr(path, "security.capability", NULL, 0)) > 0;
}

/* The dynamic linker run as a program has no PT_INTERP but preloads. */
static bool is_linker(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	return !strncmp(base, "ld-linux", 8) || !strcmp(base, "ld.so");
}

static enum run_elf_kind kind_of_elf(int fd, const char *path, const uint8_t *head)
{
	Elf64_Ehdr header;

	if (head[EI_CLASS] != ELFCLASS64 || head[EI_DATA] != ELFDATA2LSB)
		return RUN_ELF_OTHER_CLASS;
	memcpy(&header, head, sizeof(header));
	if (header.e_machine != OUR_MACHINE)
		return RUN_ELF_OTHER_CLASS;
	for (unsigned i = 0; i < header.e_phnum && i < SEGMENTS_MAX; i++) {
		off_t at = (off_t)(header.e_phoff + (uint64_t)i * header.e_phentsize);
		Elf64_Phdr segment;

		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			break;
		if (segment.p_type == PT_INTERP)
			return RUN_ELF_DYNAMIC;
	}
	return header.e_type == ET_DYN && is_linker(path) ? RUN_ELF_DYNAMIC : RUN_ELF_STATIC;
}

/* The interpreter's path out of a "#!" line; false if there is none. */
static bool get_interpreter(const char *head, size_t n_bytes, char *interpreter)
{
	size_t at = 2, n = 0;

	while (at < n_bytes && (head[at] == ' ' || head[at] == '\t'))
		at++;
	while (at + n < n_bytes && head[at + n] && !strchr(" \t\r\n", head[at + n]))
		n++;
	memcpy(interpreter, head + at, n);
	interpreter[n] = '\0';
	return n > 0;
}

/* One file; is_script says that path now names its interpreter. */
static enum run_elf_kind kind_of_file(char *path, bool *is_script)
{
	char head[HEAD_BYTES] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n_bytes = fd < 0 ? -1 : pread(fd, head, sizeof(head), 0);
	enum run_elf_kind kind = RUN_ELF_UNKNOWN_FORMAT;

	*is_script = false;
	if (n_bytes > 2 && !memcmp(head, "#!", 2))
		*is_script = get_interpreter(head, (size_t)n_bytes, path);
	else if (n_bytes < 0)
		kind = is_privileged(-1, path) ? RUN_ELF_PRIVILEGED : RUN_ELF_DYNAMIC;
	else if (n_bytes >= (ssize_t)sizeof(Elf64_Ehdr) && !memcmp(head, ELFMAG, SELFMAG))
		kind = is_privileged(fd, path) ? RUN_ELF_PRIVILEGED :
			kind_of_elf(fd, path, (const uint8_t *)head);
	if (fd >= 0)
		close(fd);
	return kind;
}

enum run_elf_kind run_elf_kind(const char *path, char *culprit, size_t room)
{
	char at[PATH_MAX];
	enum run_elf_kind kind = RUN_ELF_UNKNOWN_FORMAT;

	snprintf(at, sizeof(at), "%s", path);
	for (unsigned i = 0; i <= SCRIPTS_MAX; i++) {
		bool is_script;

		snprintf(culprit, room, "%s", at);
		kind = kind_of_file(at, &is_script);
		if (!is_script)
			return kind;
		if (check_executable(at)) {
			snprintf(culprit, room, "%s", at);
			return RUN_ELF_NO_INTERPRETER;
		}
	}
	return kind;
}
