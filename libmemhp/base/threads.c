/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/threads.h"

/* A set of 1024 processors, as cpu_set_t is, may be too small for the machine. */
int threads_available(void)
{
	cpu_set_t cpus;
	int count = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus)
								   : (int)sysconf(_SC_NPROCESSORS_ONLN);
	return count < MAX_THREADS ? count : MAX_THREADS;
}

int threads_start(int count, void *(*fn)(void *data), void *data, pthread_t threads[MAX_THREADS])
{
	int started = 0;
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	while (started < count && pthread_create(&threads[started], NULL, fn, data) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return started;
}

void threads_join(int count, const pthread_t threads[MAX_THREADS])
{
	while (count > 0)
		pthread_join(threads[--count], NULL);
}
