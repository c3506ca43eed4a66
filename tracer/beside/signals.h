/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signals.h -- signals as a person expects: one from the terminal has reached
 * the program already, since both are in one process group; one sent to the
 * runner is meant for the program.
 *
 * The runner blocks all it can and reads them from a descriptor; the program
 * starts with exactly the mask and dispositions memtrace was started with.
 */
#ifndef TRACER_BESIDE_SIGNALS_H
#define TRACER_BESIDE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/signalfd.h>

struct run_signals {
	int fd;                     /* -1: none */
	sigset_t old_mask;
	struct sigaction old_chld;
	struct sigaction old_pipe;
};

/* 0, or an errno. */
int run_signals_open(struct run_signals *signals);
/* Puts everything back as it was; for the child before exec, and at the end. */
void run_signals_restore(const struct run_signals *signals);

/* What a signal that the runner read means. */
enum run_signal_meaning {
	RUN_SIGNAL_CHILD,           /* look after the children */
	RUN_SIGNAL_FORWARD,
	RUN_SIGNAL_DELIVERED,       /* the program has got it as well */
};
enum run_signal_meaning run_signal_meaning(const struct signalfd_siginfo *info);
bool run_signal_is_interrupt(const struct signalfd_siginfo *info);

void run_signal_forward(const struct signalfd_siginfo *info, pid_t program);

/* True if stopping ourselves makes sense: somebody, a shell with job control,
 * is there to see it and to continue us. */
bool run_is_supervised(void);

#endif
