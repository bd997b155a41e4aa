/* zone.h - a time zone to show times in beside UTC: a fixed offset, or a name of the system's zone database. */
#ifndef COLDCASE_ZONE_H
#define COLDCASE_ZONE_H

#include "coldcase/buf.h"
#include "coldcase/err.h"

typedef struct cc_zone cc_zone;

/* "UTC", "+02:00", "-0730", "Europe/Berlin" ($TZDIR, else /usr/share/zoneinfo), "local" (/etc/localtime). CC_EUNKNOWN when there is
 * no such zone, CC_EFORMAT when its file is none, CC_ENOMEM. */
cc_code cc_zone_open(cc_zone **out, cc_str name, cc_err *err) CC_MUST_USE;
void cc_zone_free(cc_zone *z);                       /* NULL is fine */
cc_str cc_zone_name(const cc_zone *z);               /* as it was asked for */
int64_t cc_zone_offset_s(const cc_zone *z, int64_t ns);  /* east of Greenwich at that moment, which is no CC_TIME_NONE */
/* "19:06:41+02:00", and with the date before it; "-" for CC_TIME_NONE. */
void cc_zone_format_clock(const cc_zone *z, int64_t ns, cc_buf *out);
void cc_zone_format(const cc_zone *z, int64_t ns, cc_buf *out);

#endif
