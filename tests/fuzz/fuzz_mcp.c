/* Any bytes as what an MCP client sends: the server answers, ends with the input, and writes nothing but whole messages. Tools are
 * called in earnest, over an incident of one log record. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/mcp.h"
#include "fuzz.h"

static const char LOGS[] =
	"Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceSchemaUrl\t"
	"ResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes\n"
	"2025-12-15 17:00:00.937685522\t2025-12-15 17:00:00\t\t\t0\tERROR\t17\tcart\tconnection refused\t\t"
	"{'service.name': 'cart', 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart', 'k8s.pod.name': 'cart-7d9f-x2x4z'}\t\tcart\t\t{}\t{}\n";

static char dir[200], logs[240];
static FILE *in, *out;

static void clean_up(void)
{
	unlink(logs);
	rmdir(dir);
}

static void prepare(void)
{
	const char *base = getenv("TMPDIR");
	snprintf(dir, sizeof dir, "%s/coldcase-fuzz-mcp.XXXXXX", base && *base ? base : "/tmp");
	must(mkdtemp(dir));
	snprintf(logs, sizeof logs, "%s/otel_logs_raw.tsv", dir);
	FILE *f = fopen(logs, "w");
	must(f && fwrite(LOGS, 1, sizeof LOGS - 1, f) == sizeof LOGS - 1 && fclose(f) == 0);
	atexit(clean_up);
	must((in = tmpfile()) && (out = tmpfile()));
}

static cc_code open_session(void *arg, const char *client, void (*progress)(void *arg, const cc_snapshot_progress *p), void *progress_arg,
	cc_session **session, cc_err *err)
{
	(void)arg;
	const cc_session_options o = { .dir = dir, .no_cache = true, .agent = true, .actor_name = client, .budget = 5, .progress = progress,
		.progress_arg = progress_arg };
	return cc_session_open(session, &o, err);
}

static void rewind_to(FILE *f, const uint8_t *data, size_t n)
{
	int fd = fileno(f);
	must(ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0 && write(fd, data, n) == (ssize_t)n && lseek(fd, 0, SEEK_SET) == 0);
}

/* Each line is one message of the protocol: an answer or an error with its id, or a notification. */
static void check_line(cc_str line)
{
	cc_json *json;
	must(cc_json_parse(&json, line, NULL) == CC_OK);
	must(cc_str_eqz(cc_json_get_str(json, "jsonrpc"), "2.0"));
	bool result = cc_json_get(json, "result") != NULL, error = cc_json_get(json, "error") != NULL;
	must(result + error + (cc_json_get_str(json, "method").n > 0) == 1);
	must(!result || cc_json_get(json, "id"));
	cc_json_free(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[40];
	cc_buf said = CC_BUF_INIT;
	if (!in)
		prepare();
	rewind_to(in, data, size);
	rewind_to(out, data, 0);
	must(cc_mcp_serve(&(cc_mcp_options){ .in_fd = fileno(in), .out_fd = fileno(out), .open = open_session }) == 0);
	snprintf(path, sizeof path, "/dev/fd/%d", fileno(out));
	must(cc_file_read(&said, path, SIZE_MAX, NULL) == CC_OK);
	cc_str rest = cc_buf_str(&said);
	must(!rest.n || rest.p[rest.n - 1] == '\n');
	while (rest.n) {
		size_t end = cc_str_find_char(rest, '\n');
		check_line(cc_str_sub(rest, 0, end));
		rest = cc_str_sub(rest, end + 1, rest.n);
	}
	cc_buf_deinit(&said);
	return 0;
}
