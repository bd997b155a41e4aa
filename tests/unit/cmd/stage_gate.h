/* stage_gate.h - holds the loader of a staged session before a stage, so that no test depends on how fast a disk is. */
#ifndef COLDCASE_TEST_STAGE_GATE_H
#define COLDCASE_TEST_STAGE_GATE_H

#include <pthread.h>

/* The loader waits at a stage until `open` lets it pass. */
typedef struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned open;                  /* stages up to this one may be read */
} gate;

static inline void gate_wait(void *arg, unsigned stage)
{
	gate *g = arg;

	pthread_mutex_lock(&g->lock);
	while (g->open < stage)
		pthread_cond_wait(&g->changed, &g->lock);
	pthread_mutex_unlock(&g->lock);
}

static inline void gate_open(gate *g, unsigned stage)
{
	pthread_mutex_lock(&g->lock);
	g->open = stage;
	pthread_cond_broadcast(&g->changed);
	pthread_mutex_unlock(&g->lock);
}

#define GATE(stage) { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, stage }

#endif
