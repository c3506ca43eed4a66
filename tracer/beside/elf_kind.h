/* SPDX-License-Identifier: Apache-2.0 */
/*
 * elf_kind.h -- what a command is, before it is started: found or not, and
 * whether the system will let a library be preloaded into it.
 */
#ifndef TRACER_BESIDE_ELF_KIND_H
#define TRACER_BESIDE_ELF_KIND_H

#include <stddef.h>

/* Looks name up as execvp does. 0 and path is set; or ENOENT, EACCES (there,
 * but a directory or without the permission), ENAMETOOLONG. search is PATH's
 * value, or NULL. */
int run_find_program(const char *name, const char *search, char *path, size_t room);

enum run_elf_kind {
	RUN_ELF_DYNAMIC,        /* can be recorded */
	RUN_ELF_STATIC,         /* no dynamic linker would load a library into it */
	RUN_ELF_OTHER_CLASS,    /* for another word size or processor than the library */
	RUN_ELF_PRIVILEGED,     /* set-uid, set-gid or file capabilities that take effect */
	RUN_ELF_UNKNOWN_FORMAT, /* neither ELF nor a script: execve says ENOEXEC */
	RUN_ELF_NO_INTERPRETER, /* a script whose interpreter is not there */
};

/* A script is what its interpreter is. culprit gets the path of the file that
 * decided: path itself, or an interpreter. A file that may be run but not read
 * passes for RUN_ELF_DYNAMIC. */
enum run_elf_kind run_elf_kind(const char *path, char *culprit, size_t room);

#endif
