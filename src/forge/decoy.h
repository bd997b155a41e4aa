/* decoy.h - the harmless things that decoy.c chooses among. Each really happens, and is remembered with the record
 * that clears it.
 *
 * Actions take the number of what they are about (a service unless said otherwise); the last parameter is not
 * used. */
#ifndef FORGE_DECOY_H
#define FORGE_DECOY_H

#include "forge/fault_priv.h"

/* What all of them do in the end. The pattern is looked for in what the command shows. */
void decoy_add(forge_sim *s, int64_t at, forge_entity e, const char *tempting, const char *innocent,
	const char *command,
	const char *pattern);
const char *decoy_full(forge_sim *s, forge_entity e);         /* as answers name it */
const char *decoy_word(forge_sim *s, const char *const *words, size_t n); /* one of them, from noise_rng */
#define DECOY_WORD(s, words) decoy_word((s), (words), sizeof(words) / sizeof *(words))
/* Who changes a workload: the same people and pipelines that make the mistakes. */
const char *decoy_manager(forge_sim *s);
/* A new template for a service, rolled out; `owned` as in fault_edit_template. */
void decoy_edit(forge_sim *s, int64_t now, int service, const forge_template *t, const char *owned, const char *what);

/* decoy_act.c */
forge_action decoy_resources, decoy_image, decoy_restart, decoy_probe, decoy_scale, decoy_policy, decoy_pod_dies;
forge_action decoy_autoscaler;                                /* an autoscaler */
forge_action decoy_flag, decoy_text, decoy_cordon;            /* a flag; a ConfigMap; a node */
void decoy_old_chaos(forge_sim *s, int service);
void decoy_gentle_chaos(forge_sim *s, int64_t at, int service);

/* decoy_twin.c: each looks like a fault's own change until it is read */
forge_action decoy_address, decoy_lower, decoy_strategy, decoy_port, decoy_selector, decoy_callers;
forge_action decoy_quota, decoy_batch;                        /* nothing */
void decoy_trial(forge_sim *s, int64_t at, int service);      /* at once: before the capture */
void decoy_empty_chaos(forge_sim *s, int64_t at, int service);

/* decoy_broken.c: really wrong, and it hurts nobody */
forge_action decoy_stuck, decoy_unread, decoy_lockdown;
bool decoy_may_stick(const forge_sim *s, const forge_cause *c);
bool decoy_may_delay(const forge_sim *s, const forge_cause *c);
void decoy_delay(forge_sim *s, int64_t at, int service);      /* of the first victim of such a cause */
bool decoy_may_stress(const forge_sim *s, const forge_cause *c);
void decoy_stress(forge_sim *s, int64_t at, int service);     /* of the first victim of such a cause */
bool decoy_may_lower(const forge_sim *s, int service); /* is there room between its memory limit and what it needs? */
bool decoy_may_address(const fault_map *m, int service);

#endif
