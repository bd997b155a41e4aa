/* loader.c - the thread that reads an incident stage by stage, and the one that has the truth sealed meanwhile.
 *
 * Both only leave results under the lock; what is shared with the session is immutable from then on. Progress is told
 * by the last stage alone, which reads everything: what the earlier ones read is read again and is little. */
#include "cmd/loader.h"

#include <pthread.h>

#include "coldcase/clock.h"
#include "coldcase/pace.h"
#include "coldcase/xalloc.h"

#define KEEP(kind) CC_KIND_BIT(CC_FILE_##kind)

#define FACTS (KEEP(ALERTS) | KEEP(LOGS) | KEEP(TRACES) | KEEP(OBJECTS) | KEEP(EVENTS))
#define METRICS (KEEP(METRICS_POD) | KEEP(METRICS_SERVICE))

enum { STAGES = 5, METRICS_STAGE = 3 };
#define NEARLY 0.99
#define SMALL_BYTES ((uint64_t)32 << 20)       /* read whole in the time stages 2 to 4 take of a large incident */

static const unsigned kept[STAGES] = { KEEP(ALERTS), KEEP(ALERTS) | KEEP(LOGS) | KEEP(TRACES),
	FACTS, FACTS | METRICS, CC_KINDS_ALL };

struct cc_loader {
	const cc_snapshot *list;
	cc_buf dir;
	cc_session_options hooks;       /* of the options only the functions: other texts may be gone */
	pthread_t reader, sealer;
	bool reading, sealing;          /* the thread was made */
	cc_cancel cancel;
	pthread_mutex_t lock;           /* of what follows */
	cc_pace pace;                   /* of the last stage, in bytes; began_ns 0 = it has not begun */
	pthread_cond_t changed;
	cc_snapshot *ready;
	bool ended;                     /* nothing more will come */
	cc_code code;
	cc_err err;
	bool sealed;
	cc_buf seal;
};

cc_code cc_loader_list(cc_snapshot **out, const cc_session_options *opt, cc_err *err)
{
	cc_snapshot_options how = { .left_out = CC_KINDS_ALL };

	return cc_snapshot_open(out, opt->dir, &how, err);
}

/* --- reading --- */

static void note_progress(void *arg, const cc_snapshot_progress *p)
{
	cc_loader *l = arg;

	pthread_mutex_lock(&l->lock);
	cc_pace_note(&l->pace, cc_clock_mono_ns(), (double)p->bytes_done, (double)cc_snapshot_bytes(l->list));
	pthread_mutex_unlock(&l->lock);
}

static uint64_t bytes_of(const cc_snapshot *s, unsigned kinds)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		if (kinds & CC_KIND_BIT(cc_snapshot_file(s, i)->kind))
			sum += cc_snapshot_file(s, i)->bytes;
	return sum;
}

static bool worth_a_stage(const cc_loader *l, unsigned stage)
{
	uint64_t all = cc_snapshot_bytes(l->list);

	if (stage == METRICS_STAGE && bytes_of(l->list, METRICS) > all / 4)
		return false;
	return stage == 0 || stage + 1 == STAGES || all > SMALL_BYTES;
}

static cc_code read_stage(cc_loader *l, unsigned stage, cc_snapshot **out, cc_err *err)
{
	bool last = stage + 1 == STAGES;
	cc_snapshot_options how = { .cancel = &l->cancel, .no_cache = l->hooks.no_cache, .left_out = CC_KINDS_ALL & ~kept[stage],
		.head_bytes = last ? 0 : CC_LOADER_HEAD_BYTES, .progress = last ? note_progress : NULL, .progress_arg = l };

	if (l->hooks.before_stage)
		l->hooks.before_stage(l->hooks.before_stage_arg, stage + 1);
	if (last) {
		pthread_mutex_lock(&l->lock);
		cc_pace_begin(&l->pace, cc_clock_mono_ns());
		pthread_mutex_unlock(&l->lock);
	}
	return cc_snapshot_open(out, l->dir.p, &how, err);
}

static void hand_over(cc_loader *l, cc_snapshot *fuller)
{
	pthread_mutex_lock(&l->lock);
	cc_snapshot *unseen = l->ready;
	l->ready = fuller;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	cc_snapshot_free(unseen);
}

/* What an earlier open kept is there at once, and whole. Whoever wants to be asked before each stage wants stages. */
static bool read_kept(cc_loader *l)
{
	cc_snapshot_options how = { .cancel = &l->cancel, .only_kept = true };
	cc_snapshot *s = NULL;

	if (l->hooks.no_cache || l->hooks.before_stage || cc_snapshot_open(&s, l->dir.p, &how, NULL) != CC_OK)
		return false;
	hand_over(l, s);
	return true;
}

static void *reader_main(void *arg)
{
	cc_loader *l = arg;
	cc_code code = CC_OK;
	cc_err err = { 0 };
	bool kept_whole = read_kept(l);

	for (unsigned stage = 0; stage < STAGES && code == CC_OK && !kept_whole; stage++) {
		cc_snapshot *s = NULL;

		if (!worth_a_stage(l, stage))
			continue;
		code = read_stage(l, stage, &s, &err);
		if (s)
			hand_over(l, s);
	}
	pthread_mutex_lock(&l->lock);
	l->ended = true;
	l->code = code;
	l->err = err;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

/* --- the seal --- */

static void *sealer_main(void *arg)
{
	cc_loader *l = arg;
	cc_buf seal = CC_BUF_INIT;

	l->hooks.make_seal(l->hooks.make_seal_arg, &seal);
	pthread_mutex_lock(&l->lock);
	l->seal = seal;
	l->sealed = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

bool cc_loader_seal(cc_loader *l, bool wait, const char **out)
{
	bool sealed;

	pthread_mutex_lock(&l->lock);
	while (wait && !l->sealed)
		pthread_cond_wait(&l->changed, &l->lock);
	sealed = l->sealed;
	*out = l->seal.n && cc_buf_ok(&l->seal) ? l->seal.p : "";
	pthread_mutex_unlock(&l->lock);
	return sealed;
}

/* --- the session's side --- */

cc_code cc_loader_start(cc_loader **out, const cc_snapshot *list, const cc_session_options *opt, cc_err *err)
{
	cc_loader *l = cc_calloc(1, sizeof *l);

	*out = NULL;
	if (!l)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->changed, NULL);
	l->list = list;
	l->hooks = *opt;
	cc_buf_add(&l->dir, cc_snapshot_path(list));
	l->sealed = !opt->make_seal;
	if (l->sealed)
		cc_buf_addz(&l->seal, opt->truth_seal ? opt->truth_seal : "");
	else
		l->sealing = pthread_create(&l->sealer, NULL, sealer_main, l) == 0;
	l->reading = cc_buf_ok(&l->dir) && pthread_create(&l->reader, NULL, reader_main, l) == 0;
	if (!l->reading || (opt->make_seal && !l->sealing)) {
		cc_loader_stop(l);
		return cc_err_set(err, CC_ENOMEM, "no thread could be started to read the incident");
	}
	*out = l;
	return CC_OK;
}

cc_code cc_loader_take(cc_loader *l, cc_snapshot **out, cc_err *err)
{
	cc_code code = CC_OK;

	pthread_mutex_lock(&l->lock);
	*out = l->ready;
	l->ready = NULL;
	if (!*out && l->ended && l->code != CC_OK) {
		code = l->code;
		if (err)
			*err = l->err;
	}
	pthread_mutex_unlock(&l->lock);
	return code;
}

void cc_loader_wait(cc_loader *l)
{
	pthread_mutex_lock(&l->lock);
	while (!l->ready && !l->ended)
		pthread_cond_wait(&l->changed, &l->lock);
	pthread_mutex_unlock(&l->lock);
}

cc_loading cc_loader_progress(const cc_loader *l)
{
	cc_loader *shared = (cc_loader *)(uintptr_t)l;
	cc_loading p = { .running = true, .bytes_total = cc_snapshot_bytes(l->list) };

	pthread_mutex_lock(&shared->lock);
	cc_pace pace = shared->pace;
	pthread_mutex_unlock(&shared->lock);
	if (pace.began_ns)
		cc_pace_note(&pace, cc_clock_mono_ns(), pace.done, (double)p.bytes_total);
	p.bytes_done = pace.done < (double)p.bytes_total ? (uint64_t)pace.done : p.bytes_total;
	/* What follows the last bytes, sorting and binding, has no measure of its own. */
	p.left_ns = CC_TIME_NONE;
	if (pace.done < (double)p.bytes_total * NEARLY) {
		p.bytes_per_s = cc_pace_per_s(&pace);
		p.left_ns = cc_pace_left_ns(&pace);
	}
	return p;
}

void cc_loader_stop(cc_loader *l)
{
	if (!l)
		return;
	cc_cancel_set(&l->cancel);
	if (l->reading)
		pthread_join(l->reader, NULL);
	if (l->sealing)
		pthread_join(l->sealer, NULL);
	cc_snapshot_free(l->ready);
	cc_buf_deinit(&l->seal);
	cc_buf_deinit(&l->dir);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	cc_free(l);
}
