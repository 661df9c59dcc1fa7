/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_BASE_THREADS_H
#define MEMHP_BASE_THREADS_H

#include <pthread.h>

#define MAX_THREADS 8
/* How many may run at once here, MAX_THREADS at most. */
int threads_available(void);
/*
 * Starts up to @count threads of @fn; returns how many, whose ids are in @threads. The caller's signal
 * handlers do not run in them, and they may not use the context.
 */
int threads_start(int count, void *(*fn)(void *data), void *data, pthread_t threads[MAX_THREADS]);
void threads_join(int count, const pthread_t threads[MAX_THREADS]);

#endif
