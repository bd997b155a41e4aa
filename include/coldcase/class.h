/* class.h - a class: several people play one incident at the same time over a shared folder, led by one host or more.
 *
 * There is no server and no lock. Whoever writes a file is the only one who ever does: class.json once, by whoever made the class; a log
 * of each host, only appended to; a folder of each seat, with its run. What holds is what all logs say together, in an order that does
 * not depend on who reads them. The folder may be one machine's, a network's, or one that a program keeps alike on many machines: then
 * files come late, in pieces, and sometimes twice. The layout: coldcase-class(5).
 *
 * Times are the folder's (class_clock.c): clocks of two machines are never compared. */
#ifndef COLDCASE_CLASS_H
#define COLDCASE_CLASS_H

#include "coldcase/arena.h"
#include "coldcase/vec.h"

#define CC_CLASS_FILE "class.json"
#define CC_CLASS_FORMAT "coldcase-class"
enum { CC_CLASS_VERSION = 1, CC_CLASS_ID = 16 };   /* hex digits of an id */
typedef struct cc_class_id { char text[CC_CLASS_ID + 1]; } cc_class_id;
cc_code cc_class_id_new(cc_class_id *out, cc_err *err) CC_MUST_USE;    /* random */

/* What everybody plays, and under which rules: written once. */
typedef struct cc_class_terms {
	cc_str id;
	cc_str host;             /* who made the class */
	cc_str incident, path;   /* its name; where it lay for the host */
	uint64_t files, bytes;   /* of the evidence */
	cc_str digest;           /* of the evidence, as in records; empty = not known */
	int64_t budget;          /* cap on queries, 0 = none */
	cc_str assistance;       /* "raw", "ranked", "full" */
	bool known_only, hold;   /* hold: no verdict before the host reveals */
	int64_t live;            /* a live drill at this speed, 0 = none: one clock for all, the class's */
	cc_str live_from;        /* where it begins, as given; empty = at the start of the capture */
	int64_t live_from_ns, live_to_ns;   /* what that came to for the host */
	int64_t countdown_s;     /* unless a host says otherwise */
	cc_str truth_seal;       /* "salt:hash", for the records; empty = the host had no truth */
} cc_class_terms;

/* Makes the folder a class's. CC_ESTATE: it is one already. */
cc_code cc_class_make(const char *dir, const cc_class_terms *terms, cc_err *err) CC_MUST_USE;
/* Texts live in the arena. CC_ENOTFOUND: it is none (yet); CC_EFORMAT. */
cc_code cc_class_read(cc_class_terms *out, cc_arena *arena, const char *dir, cc_err *err) CC_MUST_USE;
/* Gives path, a file or folder in dir, to those who may read dir; a folder that many write into, to all who may write dir. */
void cc_class_share(const char *dir, const char *path, bool many_write);

/* --- what the hosts say (class_log.c) --- */

typedef enum cc_class_do { CC_CLASS_START, CC_CLASS_FREEZE, CC_CLASS_THAW, CC_CLASS_TELL, CC_CLASS_REVEAL, CC_CLASS_END } cc_class_do;
typedef struct cc_class_entry {
	uint64_t seq;            /* one above the largest its writer knew of */
	cc_str host;             /* id of the log it stands in */
	cc_class_do what;
	cc_str seat;             /* FREEZE, THAW, TELL: said to this seat alone; empty = to everybody */
	int64_t at_ns;           /* START: when it begins; else when it was said */
	int64_t in_s;            /* START: the countdown */
	cc_str text;             /* FREEZE: why; TELL: the hint */
} cc_class_entry;
typedef CC_VEC(cc_class_entry) cc_class_entries;

typedef struct cc_class_log {
	cc_class_entries entries;     /* in order, each once */
	CC_VEC(cc_str) strays;        /* names that are no log's, such as copies that a program made */
	size_t torn, bad;             /* last lines still coming; lines that are none */
	size_t far;                   /* entries whose number is beyond what anybody could have known of: left out */
} cc_class_log;
/* Appends the lines of one log; a line counts when its line feed is there. */
cc_code cc_class_log_parse(cc_class_log *log, cc_arena *arena, cc_str host, cc_str text, cc_err *err) CC_MUST_USE;
void cc_class_log_order(cc_class_log *log);     /* once, after the last; any order of parsing gives the same */
/* All logs of the class, ordered. */
cc_code cc_class_log_read(cc_class_log *log, cc_arena *arena, const char *dir, cc_err *err) CC_MUST_USE;
void cc_class_log_deinit(cc_class_log *log);

typedef struct cc_class_state {
	uint64_t seq;            /* the largest */
	bool started, frozen, revealed, ended;
	int64_t start_ns, start_in_s, end_ns, frozen_ns;
	int64_t stood_ns;        /* how long it was frozen after the start, up to the last thaw */
	cc_str why;              /* it is frozen */
	size_t told;             /* hints given */
	size_t idle;             /* entries that changed nothing: said twice, or too late */
} cc_class_state;
/* What they come to: a function of the entries alone. */
void cc_class_fold(const cc_class_log *log, cc_class_state *out);
/* The same for one seat: frozen, why and told are what was said to it alone. */
void cc_class_fold_seat(const cc_class_log *log, cc_str seat, cc_class_state *out);
/* Time since the start without what it was frozen: negative in the countdown, 0 before, standing when it is over. */
int64_t cc_class_clock_ns(const cc_class_state *s, int64_t now_ns);
/* Whether this can be said now, to everybody or, with a seat's state, to that; CC_ESTATE tells why not. */
cc_code cc_class_may(const cc_class_state *s, cc_class_do what, cc_err *err) CC_MUST_USE;
/* Appends it to the host's own log, which is made when it is not there. seq is chosen from the state. */
cc_code cc_class_say(const char *dir, const cc_class_id *host, const cc_class_state *now, cc_class_entry entry, cc_err *err) CC_MUST_USE;

/* --- the folder's clock (class_clock.c) --- */

/* owner: stands in the file, so that two who think that it is theirs find out; empty = nobody's. */
typedef struct cc_class_clock { int64_t offset_ns, unsure_ns; bool known; uint64_t beats; cc_class_id owner; } cc_class_clock;
/* Rewrites the file, whose folder is there, and learns from it what time the folder has. */
cc_code cc_class_beat(cc_class_clock *c, const char *path, cc_err *err) CC_MUST_USE;
bool cc_class_taken(const cc_class_clock *c, const char *path);    /* another owner has rewritten it */
int64_t cc_class_now(const cc_class_clock *c);
/* Makes this machine forget what it remembers of a folder of the class ("host", "seats"): networks' folders may be remembered for half a
 * minute, but not past a change of one's own. */
void cc_class_freshen(const char *dir, const char *folder, const cc_class_id *who);
/* How long ago the file was written, in the folder's time; never negative. CC_TIME_NONE: it is not there. */
int64_t cc_class_age_ns(const cc_class_clock *c, const char *path);
/* What is left of a countdown: never more than the countdown since it was first seen (mono_ns), whatever the clocks say. */
int64_t cc_class_left(const cc_class_clock *c, const cc_class_state *s, int64_t seen_mono_ns);
/* A seat's part in the class's own time, by its own wall clock. When the joint start is, or was; there: the seat sat waiting when the word
 * came, so it cannot have been long ago. */
int64_t cc_class_start_wall(const cc_class_clock *c, const cc_class_state *s, bool there);
/* Time since that, without what it was frozen; where it is frozen or over it stands at what the hosts wrote. Negative in the countdown. */
int64_t cc_class_since_ns(const cc_class_state *s, int64_t start_wall_ns);

/* --- seats (class_seat.c) --- */

typedef struct cc_class_seat {
	cc_str id, name;         /* name: empty = not told */
	cc_str dir;              /* DIR/seats/ID */
	int64_t joined_ns;
	int64_t here_ns;         /* when it last said so; CC_TIME_NONE = never */
	bool late;               /* joined after the start */
} cc_class_seat;
typedef CC_VEC(cc_class_seat) cc_class_seats;
enum { CC_CLASS_BEAT_S = 3, CC_CLASS_SILENT_S = 12 };  /* a seat says it is there so often; is missed after so long */

/* Makes seats/ID with seat.json in it. */
cc_code cc_class_sit(cc_class_seat *seat, cc_arena *arena, const char *dir, cc_str name, int64_t joined_ns, bool late, cc_err *err)
	CC_MUST_USE;
/* All seats in the order they joined. strays: folders that are none; may be NULL. */
cc_code cc_class_seats_read(cc_class_seats *out, cc_arena *arena, const char *dir, size_t *strays, cc_err *err) CC_MUST_USE;

#endif
