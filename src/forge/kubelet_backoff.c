/* kubelet_backoff.c - waiting before a container is started again, counted as client-go's flowcontrol.Backoff does: the
 * first restart comes at once, then after 10, 20, 40 … 300 seconds; ten quiet minutes forget it. */
#include "forge/kubelet_priv.h"

#define FIRST (10 * FORGE_S)
#define MOST (300 * FORGE_S)

static bool forgotten(const struct kubelet_backoff *b, int64_t since)
{
	return b->length == 0 || since - b->updated > 2 * MOST;
}

bool kubelet_backoff_waits(const struct kubelet_backoff *b, int64_t since, int64_t now)
{
	return !forgotten(b, since) && now - since < b->length;
}

void kubelet_backoff_grow(struct kubelet_backoff *b, int64_t since, int64_t now)
{
	b->length = forgotten(b, since) ? FIRST : 2 * b->length;
	if (b->length > MOST) b->length = MOST;
	b->updated = now;
}

cc_str kubelet_backoff_message(forge_sim *s, int pod, kubelet_part part)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	int64_t secs = (part == PART_INIT ? p->k.init.length : p->k.crash.length) / FORGE_S;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "back-off ");
	if (secs >= 60) cc_buf_addf(&b, "%dm", (int)(secs / 60));
	cc_buf_addf(&b, "%ds restarting failed container=%s pod=%s_%s(%s)", (int)(secs % 60), kubelet_container(s, p, part),
		p->name, kube_pod_ns(s, p), p->uid);
	cc_str text = forge_str(s, &b);
	cc_buf_deinit(&b);
	return text;
}

void kubelet_backoff_event(forge_sim *s, int64_t now, int pod, kubelet_part part)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	kubelet_event(s, now, pod, part, true, "BackOff", "Back-off restarting failed container %s in pod %s_%s(%s)",
		kubelet_container(s, p, part), p->name, kube_pod_ns(s, p), p->uid);
}
