/* kube_claim.c - the volume controller, as far as it fails: a claim whose storage class nobody provides stays pending. */
#include "forge/kube_priv.h"

static void look(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	for (size_t i = 0; i < s->kube.claims.n; i++) {
		const kube_claim *c = &s->kube.claims.p[i];
		if (c->bound || !c->created || c->created > now) continue;
		forge_event_spec e = { .kind = "PersistentVolumeClaim", .object = c->name, .object_uid = c->uid, .reason = "ProvisioningFailed",
			.component = "persistentvolume-controller", .host = "", .warning = true, .object_rv = c->rv };
		kube_event(s, now, &e, "storageclass.storage.k8s.io \"%s\" not found", c->storage_class ? c->storage_class : "");
	}
	forge_at(s, now + 15 * FORGE_S, look, 0, 0);
}

void kube_claims_start(forge_sim *s, int64_t from)
{
	forge_at(s, from, look, 0, 0);
}
