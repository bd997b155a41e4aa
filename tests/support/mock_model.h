/* mock_model.h - a model server on the loopback address, scripted, that speaks all five providers' streaming formats.
 *
 * A script says what each reply holds, not how it is written: the path of the request decides that. So one script is a test of
 * every provider. Lines (\n \t \\ \xNN in texts):
 *
 *     by turn            the reply is the n-th where the request holds n-1 answers; without it, the n-th of all (the last one stays)
 *     keep               connections serve again after a whole reply; without it, each is closed
 *     reply              begins a reply
 *     think TEXT         reasoning         text TEXT          call NAME ARGUMENTS
 *     usage INPUT OUTPUT [CACHED [REASONING]]
 *     stop end|calls|length|refusal|pause|badcall      without it, calls or end
 *     expect TEXT        the request must hold TEXT; 400 otherwise
 *     status N MESSAGE   an error in place of an answer         header NAME: VALUE          type CONTENT-TYPE
 *     error MESSAGE      an error inside the stream, after the content: the server is overloaded
 *     raw TEXT           an event of these bytes        huge N    one of N bytes
 *     cut N              the connection ends after N events
 *     close              it ends without a word         hang      not a word
 *     linger             the stream stays open after its last event
 *     pace MS            before each event              loris MS  before each byte
 *
 * Requests are looked at as the real servers do: a call without its result, thinking that does not come back with its signature, a
 * missing max_tokens, a wrong key are refused with 400 and 401. */
#ifndef COLDCASE_TEST_MOCK_MODEL_H
#define COLDCASE_TEST_MOCK_MODEL_H

#include "coldcase/buf.h"

typedef struct mock_model mock_model;

/* Listens on a free port. key: what requests must bring, NULL = anything. Aborts the test run when the script is none or there is no port. */
mock_model *mock_model_start(const char *script, const char *key);
const char *mock_model_url(const mock_model *m);     /* "http://127.0.0.1:PORT" */
void mock_model_stop(mock_model *m);
size_t mock_model_requests(mock_model *m);           /* how many came */
size_t mock_model_connections(mock_model *m);        /* over how many connections */
/* Appends the i-th request, headers and body; nothing when there is none. */
void mock_model_request(mock_model *m, size_t i, cc_buf *out);

#endif
