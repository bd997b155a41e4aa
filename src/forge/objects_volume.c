/* objects_volume.c - claims, the volumes bound to them, and the one storage class the cluster provides. */
#include "forge/objects.h"

#define PROVISIONER "k8s-sigs.io/nfs-subdir-external-provisioner"

static void storage(obj *o, const kube_claim *c)
{
	if (c->mib % 1024 == 0) obj_textf(o, "storage", "%dGi", c->mib / 1024);
	else obj_textf(o, "storage", "%dMi", c->mib);
}

static void claim(obj *o, int at)
{
	const kube_claim *c = &o->s->kube.claims.p[at];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_labels(o, &l, c->name, true);
	obj_release(o, &a);
	if (c->bound) {
		obj_pair(&a, "pv.kubernetes.io/bind-completed", "yes");
		obj_pair(&a, "pv.kubernetes.io/bound-by-controller", "yes");
		obj_pair(&a, "volume.beta.kubernetes.io/storage-provisioner", PROVISIONER);
		obj_pair(&a, "volume.kubernetes.io/storage-provisioner", PROVISIONER);
	}
	obj_meta m = { .version = "v1", .kind = "PersistentVolumeClaim", .name = c->name, .ns = obj_ns(o->s),
		.uid = c->uid, .rv = c->rv,
		.created = c->created, .finalizer = "kubernetes.io/pvc-protection", .labels = &l, .annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_raw(o, "accessModes", "[\"ReadWriteOnce\"]");
	obj_open(o, "resources");
	obj_open(o, "requests");
	storage(o, c);
	obj_close(o);
	obj_close(o);
	if (c->storage_class) obj_text(o, "storageClassName", c->storage_class);
	obj_text(o, "volumeMode", "Filesystem");
	if (c->bound) obj_text(o, "volumeName", c->volume);
	obj_close(o);
	obj_open(o, "status");
	if (c->bound) {
		obj_raw(o, "accessModes", "[\"ReadWriteOnce\"]");
		obj_open(o, "capacity");
		storage(o, c);
		obj_close(o);
	}
	obj_text(o, "phase", c->bound ? "Bound" : "Pending");
	obj_close(o);
	obj_owned(o, "helm", NULL, c->created, "metadata.annotations metadata.labels spec", NULL);
	obj_edited(o, &c->edits);
	if (c->bound)
		obj_owned(o, "kube-controller-manager", NULL, c->created + 3 * FORGE_S, NULL,
			"{\"f:metadata\":{\"f:annotations\":{\"f:pv.kubernetes.io/bind-completed\":{},"
			"\"f:pv.kubernetes.io/bound-by-controller\":{},"
			"\"f:volume.beta.kubernetes.io/storage-provisioner\":{},"
			"\"f:volume.kubernetes.io/storage-provisioner\":{}}},\"f:spec\":{\"f:volumeName\":{}}}");
	obj_owned(o, "kube-controller-manager", "status", c->created + 3 * FORGE_S, "status", NULL);
	obj_finish(o);
}

static void volume(obj *o, int at)
{
	const kube_claim *c = &o->s->kube.claims.p[at];
	obj_pairs a = { .n = 0 };
	obj_pair(&a, "pv.kubernetes.io/provisioned-by", PROVISIONER);
	obj_meta m = { .version = "v1", .kind = "PersistentVolume", .name = c->volume, .uid = c->volume_uid,
		.rv = c->rv + 2, .created = c->created + 2 * FORGE_S,
		.finalizer = "kubernetes.io/pv-protection", .annotations = &a };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_raw(o, "accessModes", "[\"ReadWriteOnce\"]");
	obj_open(o, "capacity");
	storage(o, c);
	obj_close(o);
	obj_open(o, "claimRef");
	obj_text(o, "apiVersion", "v1");
	obj_text(o, "kind", "PersistentVolumeClaim");
	obj_text(o, "name", c->name);
	obj_text(o, "namespace", obj_ns(o->s));
	obj_textf(o, "resourceVersion", "%llu", (unsigned long long)(c->rv - 1));
	obj_text(o, "uid", c->uid);
	obj_close(o);
	obj_rawf(o, "nfs", "{\"path\":\"/export/%s-%s-%s\",\"server\":\"172.19.0.250\"}", obj_ns(o->s), c->name,
		c->volume);
	obj_text(o, "persistentVolumeReclaimPolicy", "Delete");
	obj_text(o, "storageClassName", c->storage_class ? c->storage_class : "standard");
	obj_text(o, "volumeMode", "Filesystem");
	obj_close(o);
	obj_raw(o, "status", "{\"phase\":\"Bound\"}");
	obj_owned(o, "nfs-subdir-external-provisioner", NULL, m.created, "metadata.annotations spec", NULL);
	obj_owned(o, "kube-controller-manager", "status", m.created, "status", NULL);
	obj_finish(o);
}

static void class(obj *o, int at)
{
	static const obj_fixed STANDARD = { "storage.k8s.io/v1", "StorageClass", NULL, "standard", NULL,
		"\"parameters\":{\"archiveOnDelete\":\"true\"},\"provisioner\":\""
		PROVISIONER "\",\"reclaimPolicy\":\"Delete\",\"volumeBindingMode\":\"Immediate\"", "helm",
		"metadata.annotations parameters provisioner reclaimPolicy "
		"volumeBindingMode", NULL, NULL, "storageclass.kubernetes.io/is-default-class", "true", 330 };
	(void)at;
	obj_render_fixed(o, &STANDARD);
}

void obj_list_claims(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.claims.n; i++)
		if (o->s->kube.claims.p[i].created)
			obj_add(o, v, obj_ns(o->s), o->s->kube.claims.p[i].name, claim, (int)i);
}

void obj_list_volumes(obj *o, obj_items *v)
{
	for (size_t i = 0; i < o->s->kube.claims.n; i++)
		if (o->s->kube.claims.p[i].created && o->s->kube.claims.p[i].bound)
			obj_add(o, v, NULL, o->s->kube.claims.p[i].volume, volume, (int)i);
}

void obj_list_classes(obj *o, obj_items *v)
{
	obj_add(o, v, NULL, "standard", class, 0);
}
