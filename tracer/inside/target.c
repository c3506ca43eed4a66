/* SPDX-License-Identifier: Apache-2.0 */
/* target.c -- a look at the head of a file; see target.h. */
#include "tracer/inside/target.h"

#include "tracer/inside/sys.h"

#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEAD_BYTES = 1024,     /* an ELF header and the program headers behind it */
	PATH_BYTES = 512,      /* longer ones are not looked at */
	SCRIPTS_MAX = 4,       /* as many as the kernel follows */
};

struct head {
	struct stat about;
	size_t n_bytes;
	union {
		char text[HEAD_BYTES];
		Elf64_Ehdr elf;
	};
};

static bool read_head(struct head *head, const char *path)
{
	long fd = tr_sys4(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
	long n = -1;

	if (tr_is_error(fd))
		return false;
	if (!tr_is_error(tr_sys2(SYS_fstat, fd, &head->about)) && S_ISREG(head->about.st_mode))
		n = tr_sys3(SYS_read, fd, head->text, HEAD_BYTES);
	tr_sys1(SYS_close, fd);
	head->n_bytes = n > 0 ? (size_t)n : 0;
	return n > 0;
}

/* The kernel then ignores LD_PRELOAD, by AT_SECURE. */
static bool is_privileged(const struct stat *about)
{
	return (about->st_mode & S_ISUID && about->st_uid != (uid_t)tr_sys0(SYS_geteuid)) ||
	       (about->st_mode & S_ISGID && about->st_mode & S_IXGRP &&
		about->st_gid != (gid_t)tr_sys0(SYS_getegid));
}

/* The loader itself has no loader, and takes libraries like any program. */
static bool is_loader(const char *path)
{
	const char *base = strrchr(path, '/');

	base = base ? base + 1 : path;
	return strncmp(base, "ld-", 3) == 0 || strncmp(base, "ld.so", 5) == 0;
}

static bool elf_takes_us(const struct head *head, const char *path)
{
	const Elf64_Ehdr *elf = &head->elf;
	const Elf64_Phdr *segment = (const void *)(head->text + elf->e_phoff);

	if (elf->e_ident[EI_CLASS] != ELFCLASS64 || elf->e_machine != EM_X86_64)
		return false;
	if (elf->e_phoff % 8 || elf->e_phoff > head->n_bytes ||
	    elf->e_phnum > (head->n_bytes - elf->e_phoff) / sizeof(*segment))
		return true;
	for (unsigned i = 0; i < elf->e_phnum; i++)
		if (segment[i].p_type == PT_INTERP)
			return true;
	return is_loader(path);
}

/* "#! interpreter argument": the interpreter into path; false without one. */
static bool find_interpreter(const struct head *head, char *path)
{
	const char *at = head->text + 2, *end = head->text + head->n_bytes;
	size_t n = 0;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (at + n < end && !strchr(" \t\n", at[n]))
		n++;
	if (!n || n >= PATH_BYTES)
		return false;
	memcpy(path, at, n);
	path[n] = '\0';
	return true;
}

static bool file_takes_us(char *path)
{
	struct head head;

	for (int i = 0; i < SCRIPTS_MAX; i++) {
		if (!read_head(&head, path))
			return true;
		if (head.n_bytes > 2 && memcmp(head.text, "#!", 2) == 0) {
			if (!find_interpreter(&head, path))
				return true;
			continue;
		}
		if (head.n_bytes < sizeof(head.elf) ||
		    memcmp(head.elf.e_ident, ELFMAG, SELFMAG) != 0)
			return true;
		return !is_privileged(&head.about) && elf_takes_us(&head, path);
	}
	return true;
}

static const char *search_path(void)
{
	for (char **at = environ; at && *at; at++)
		if (strncmp(*at, "PATH=", 5) == 0)
			return *at + 5;
	return "/bin:/usr/bin";
}

/* The first file of that name that may be executed; false when there is none. */
static bool look_up(const char *name, char *path)
{
	size_t n_name = strlen(name);

	for (const char *at = search_path();; at++) {
		size_t n = strcspn(at, ":");

		if (n + n_name + 2 <= PATH_BYTES) {
			memcpy(path, at, n);
			path[n] = '/';
			memcpy(path + n + (n != 0), name, n_name + 1);
			if (!tr_is_error(tr_sys3(SYS_faccessat, AT_FDCWD, path, X_OK)))
				return true;
		}
		at += n;
		if (!*at)
			return false;
	}
}

bool tr_target_takes_us(const char *name, bool is_search)
{
	char path[PATH_BYTES];
	size_t n = strlen(name);

	if (!n || n >= PATH_BYTES)
		return true;
	if (!is_search || strchr(name, '/'))
		memcpy(path, name, n + 1);
	else if (!look_up(name, path))
		return true;
	return file_takes_us(path);
}
